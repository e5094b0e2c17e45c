//! The constants of DWARF 5, section 7.5, that tests name.

/// `DW_TAG_*`
pub mod tag {
    /// `DW_TAG_array_type`
    pub const ARRAY_TYPE: u64 = 0x01;
    /// `DW_TAG_class_type`
    pub const CLASS_TYPE: u64 = 0x02;
    /// `DW_TAG_enumeration_type`
    pub const ENUMERATION_TYPE: u64 = 0x04;
    /// `DW_TAG_formal_parameter`
    pub const FORMAL_PARAMETER: u64 = 0x05;
    /// `DW_TAG_member`
    pub const MEMBER: u64 = 0x0d;
    /// `DW_TAG_pointer_type`
    pub const POINTER_TYPE: u64 = 0x0f;
    /// `DW_TAG_compile_unit`
    pub const COMPILE_UNIT: u64 = 0x11;
    /// `DW_TAG_structure_type`
    pub const STRUCTURE_TYPE: u64 = 0x13;
    /// `DW_TAG_subroutine_type`
    pub const SUBROUTINE_TYPE: u64 = 0x15;
    /// `DW_TAG_typedef`
    pub const TYPEDEF: u64 = 0x16;
    /// `DW_TAG_union_type`
    pub const UNION_TYPE: u64 = 0x17;
    /// `DW_TAG_inheritance`
    pub const INHERITANCE: u64 = 0x1c;
    /// `DW_TAG_subrange_type`
    pub const SUBRANGE_TYPE: u64 = 0x21;
    /// `DW_TAG_base_type`
    pub const BASE_TYPE: u64 = 0x24;
    /// `DW_TAG_template_type_parameter`
    pub const TEMPLATE_TYPE_PARAMETER: u64 = 0x2f;
    /// `DW_TAG_const_type`
    pub const CONST_TYPE: u64 = 0x26;
    /// `DW_TAG_enumerator`
    pub const ENUMERATOR: u64 = 0x28;
    /// `DW_TAG_subprogram`
    pub const SUBPROGRAM: u64 = 0x2e;
    /// `DW_TAG_variable`
    pub const VARIABLE: u64 = 0x34;
    /// `DW_TAG_volatile_type`
    pub const VOLATILE_TYPE: u64 = 0x35;
    /// `DW_TAG_namespace`
    pub const NAMESPACE: u64 = 0x39;
    /// `DW_TAG_imported_unit`
    pub const IMPORTED_UNIT: u64 = 0x3d;
    /// `DW_TAG_partial_unit`
    pub const PARTIAL_UNIT: u64 = 0x3c;
    /// `DW_TAG_type_unit`
    pub const TYPE_UNIT: u64 = 0x41;
}

/// `DW_AT_*`
pub mod at {
    /// `DW_AT_sibling`
    pub const SIBLING: u64 = 0x01;
    /// `DW_AT_location`
    pub const LOCATION: u64 = 0x02;
    /// `DW_AT_name`
    pub const NAME: u64 = 0x03;
    /// `DW_AT_byte_size`
    pub const BYTE_SIZE: u64 = 0x0b;
    /// `DW_AT_bit_offset`
    pub const BIT_OFFSET: u64 = 0x0c;
    /// `DW_AT_bit_size`
    pub const BIT_SIZE: u64 = 0x0d;
    /// `DW_AT_stmt_list`
    pub const STMT_LIST: u64 = 0x10;
    /// `DW_AT_low_pc`
    pub const LOW_PC: u64 = 0x11;
    /// `DW_AT_high_pc`
    pub const HIGH_PC: u64 = 0x12;
    /// `DW_AT_language`
    pub const LANGUAGE: u64 = 0x13;
    /// `DW_AT_import`
    pub const IMPORT: u64 = 0x18;
    /// `DW_AT_const_value`
    pub const CONST_VALUE: u64 = 0x1c;
    /// `DW_AT_lower_bound`
    pub const LOWER_BOUND: u64 = 0x22;
    /// `DW_AT_upper_bound`
    pub const UPPER_BOUND: u64 = 0x2f;
    /// `DW_AT_abstract_origin`
    pub const ABSTRACT_ORIGIN: u64 = 0x31;
    /// `DW_AT_count`
    pub const COUNT: u64 = 0x37;
    /// `DW_AT_data_member_location`
    pub const DATA_MEMBER_LOCATION: u64 = 0x38;
    /// `DW_AT_macro_info`
    pub const MACRO_INFO: u64 = 0x43;
    /// `DW_AT_declaration`
    pub const DECLARATION: u64 = 0x3c;
    /// `DW_AT_encoding`
    pub const ENCODING: u64 = 0x3e;
    /// `DW_AT_specification`
    pub const SPECIFICATION: u64 = 0x47;
    /// `DW_AT_type`
    pub const TYPE: u64 = 0x49;
    /// `DW_AT_ranges`
    pub const RANGES: u64 = 0x55;
    /// `DW_AT_signature`
    pub const SIGNATURE: u64 = 0x69;
    /// `DW_AT_data_bit_offset`
    pub const DATA_BIT_OFFSET: u64 = 0x6b;
    /// `DW_AT_macros`
    pub const MACROS: u64 = 0x79;
    /// `DW_AT_str_offsets_base`
    pub const STR_OFFSETS_BASE: u64 = 0x72;
    /// `DW_AT_addr_base`
    pub const ADDR_BASE: u64 = 0x73;
    /// `DW_AT_alignment`
    pub const ALIGNMENT: u64 = 0x88;
    /// What no standard and no compiler has: `DW_AT_lo_user` and more.
    pub const UNKNOWN: u64 = 0x3abc;
}

/// `DW_FORM_*`
pub mod form {
    /// `DW_FORM_addr`
    pub const ADDR: u64 = 0x01;
    /// `DW_FORM_block2`
    pub const BLOCK2: u64 = 0x03;
    /// `DW_FORM_block4`
    pub const BLOCK4: u64 = 0x04;
    /// `DW_FORM_data2`
    pub const DATA2: u64 = 0x05;
    /// `DW_FORM_data4`
    pub const DATA4: u64 = 0x06;
    /// `DW_FORM_data8`
    pub const DATA8: u64 = 0x07;
    /// `DW_FORM_string`
    pub const STRING: u64 = 0x08;
    /// `DW_FORM_block`
    pub const BLOCK: u64 = 0x09;
    /// `DW_FORM_block1`
    pub const BLOCK1: u64 = 0x0a;
    /// `DW_FORM_data1`
    pub const DATA1: u64 = 0x0b;
    /// `DW_FORM_flag`
    pub const FLAG: u64 = 0x0c;
    /// `DW_FORM_sdata`
    pub const SDATA: u64 = 0x0d;
    /// `DW_FORM_strp`
    pub const STRP: u64 = 0x0e;
    /// `DW_FORM_udata`
    pub const UDATA: u64 = 0x0f;
    /// `DW_FORM_ref_addr`
    pub const REF_ADDR: u64 = 0x10;
    /// `DW_FORM_ref1`
    pub const REF1: u64 = 0x11;
    /// `DW_FORM_ref2`
    pub const REF2: u64 = 0x12;
    /// `DW_FORM_ref4`
    pub const REF4: u64 = 0x13;
    /// `DW_FORM_ref8`
    pub const REF8: u64 = 0x14;
    /// `DW_FORM_ref_udata`
    pub const REF_UDATA: u64 = 0x15;
    /// `DW_FORM_indirect`
    pub const INDIRECT: u64 = 0x16;
    /// `DW_FORM_sec_offset`
    pub const SEC_OFFSET: u64 = 0x17;
    /// `DW_FORM_exprloc`
    pub const EXPRLOC: u64 = 0x18;
    /// `DW_FORM_flag_present`
    pub const FLAG_PRESENT: u64 = 0x19;
    /// `DW_FORM_strx`
    pub const STRX: u64 = 0x1a;
    /// `DW_FORM_addrx`
    pub const ADDRX: u64 = 0x1b;
    /// `DW_FORM_ref_sup4`
    pub const REF_SUP4: u64 = 0x1c;
    /// `DW_FORM_strp_sup`
    pub const STRP_SUP: u64 = 0x1d;
    /// `DW_FORM_data16`
    pub const DATA16: u64 = 0x1e;
    /// `DW_FORM_line_strp`
    pub const LINE_STRP: u64 = 0x1f;
    /// `DW_FORM_ref_sig8`
    pub const REF_SIG8: u64 = 0x20;
    /// `DW_FORM_implicit_const`
    pub const IMPLICIT_CONST: u64 = 0x21;
    /// `DW_FORM_loclistx`
    pub const LOCLISTX: u64 = 0x22;
    /// `DW_FORM_rnglistx`
    pub const RNGLISTX: u64 = 0x23;
    /// `DW_FORM_ref_sup8`
    pub const REF_SUP8: u64 = 0x24;
    /// `DW_FORM_strx1`
    pub const STRX1: u64 = 0x25;
    /// `DW_FORM_strx2`
    pub const STRX2: u64 = 0x26;
    /// `DW_FORM_strx3`
    pub const STRX3: u64 = 0x27;
    /// `DW_FORM_strx4`
    pub const STRX4: u64 = 0x28;
    /// `DW_FORM_addrx1`
    pub const ADDRX1: u64 = 0x29;
    /// `DW_FORM_addrx2`
    pub const ADDRX2: u64 = 0x2a;
    /// `DW_FORM_addrx3`
    pub const ADDRX3: u64 = 0x2b;
    /// `DW_FORM_addrx4`
    pub const ADDRX4: u64 = 0x2c;
    /// `DW_FORM_GNU_addr_index`
    pub const GNU_ADDR_INDEX: u64 = 0x1f01;
    /// `DW_FORM_GNU_str_index`
    pub const GNU_STR_INDEX: u64 = 0x1f02;
    /// `DW_FORM_GNU_ref_alt`
    pub const GNU_REF_ALT: u64 = 0x1f20;
    /// `DW_FORM_GNU_strp_alt`
    pub const GNU_STRP_ALT: u64 = 0x1f21;
}
