/// The text of VMCOREINFO, as an x86-64 kernel of release `release` would write it.
#[must_use]
pub fn vmcoreinfo(release: &str) -> String {
    format!(
        "OSRELEASE={release}\n\
         BUILD-ID=0123456789abcdef0123456789abcdef01234567\n\
         PAGESIZE=4096\n\
         SYMBOL(init_uts_ns)=ffffffff82613900\n\
         OFFSET(uts_namespace.name)=0\n\
         SYMBOL(swapper_pg_dir)=ffffffff8260a000\n\
         SYMBOL(_stext)=ffffffff81000000\n\
         SIZE(page)=64\n\
         LENGTH(zone.free_area)=11\n\
         NUMBER(phys_base)=-4194304\n\
         SYMBOL(init_top_pgt)=ffffffff8260a000\n\
         NUMBER(pgtable_l5_enabled)=0\n\
         KERNELOFFSET=0\n\
         CRASHTIME=1700000000\n"
    )
}
