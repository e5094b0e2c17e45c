//! The kernel's log: `kernel/printk/printk_ringbuffer.h`.

use crate::access::{
    Field, byte_order, find_variable, read_bytes, type_named, variable, word_size,
};
use crate::helper::{
    Args, Default, Field as RecordField, Front, Helper, HelperModule, Output, Param, ParamKind,
    RecordClass, Value,
};
use spelunk_base::ByteOrder;
use spelunk_object::sizeof;
use spelunk_program::{Error, Program, Result};

/// One message of the kernel's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintkRecord {
    /// The message, without the newline at its end.
    pub text: Vec<u8>,
    /// Syslog's facility: 0 for the kernel.
    pub facility: u64,
    /// Syslog's level: 0 (emergency) to 7 (debug).
    pub level: u64,
    /// Number of the message.
    pub sequence: u64,
    /// When it was logged, in nanoseconds since the start.
    pub timestamp: u64,
    /// Who logged it.
    pub caller: Option<Caller>,
    /// Whether it goes on with the line of the one before.
    pub is_continuation: bool,
    /// What the message is about: `SUBSYSTEM`, `DEVICE`.
    pub context: Vec<(&'static str, Vec<u8>)>,
}

/// Who logged a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A task.
    Task(u32),
    /// A CPU that was not running a task's code.
    Cpu(u32),
}

/// The ring of descriptors, and the ring of texts.
struct Ring {
    order: ByteOrder,
    /// Bytes of an `unsigned long`.
    word_size: u64,
    /// The bits of a state word that are the descriptor's ID (`DESC_ID_MASK`).
    id_mask: u64,
    descriptors: u64,
    infos: u64,
    count_mask: u64,
    head: u64,
    tail: u64,
    text: u64,
    text_bits: u32,
    /// Of `struct prb_desc`.
    state: Field,
    begin: Field,
    next: Field,
    descriptor_size: u64,
    info: InfoLayout,
}

/// Where the members of `struct printk_info` are. `flags` and `level` share a byte.
struct InfoLayout {
    sequence: Field,
    timestamp: Field,
    text_length: Field,
    facility: Field,
    caller: Field,
    subsystem: Field,
    device: Field,
    size: u64,
}

/// The state of a descriptor, in the bits of its state word above the ID (`DESC_FLAGS_SHIFT`).
const COMMITTED: u64 = 1;
const FINALIZED: u64 = 2;

/// `LOG_CONT` in `enum printk_info_flags`
const LOG_CONT: u64 = 8;

/// No ring is larger; what claims to be is damaged.
const MAX_BITS: u64 = 31;

impl Ring {
    fn new(program: &Program) -> Result<Self> {
        // Since 5.10; the log of variable records before that is not read yet.
        if find_variable(program, "log_first_idx")?.is_some() {
            return Err(Error::not_implemented(
                "the log of kernels before 5.10 is not understood yet",
            ));
        }
        let ring = variable(program, "prb")?;
        let ring_type = type_named(program, "struct printk_ringbuffer")?;
        let descriptor = type_named(program, "struct prb_desc")?;
        let info = type_named(program, "struct printk_info")?;
        let base = ring.to_u64(program)?;
        let value = |part: &str| Field::new(program, ring_type, part)?.read(program, base);
        let bits = |part: &str| -> Result<u32> {
            let bits = value(part)?;
            if bits == 0 || bits > MAX_BITS {
                return Err(Error::other(format!("damaged log: {part} is {bits}")));
            }
            Ok(u32::try_from(bits).unwrap_or(1))
        };
        let word_size = word_size(program) as u64;
        Ok(Self {
            order: byte_order(program),
            word_size,
            // All but the two highest bits of a word.
            id_mask: (u64::MAX >> 2) >> (64 - word_size.saturating_mul(8).min(64)),
            descriptors: value("desc_ring.descs")?,
            infos: value("desc_ring.infos")?,
            count_mask: (1u64 << bits("desc_ring.count_bits")?).wrapping_sub(1),
            head: value("desc_ring.head_id.counter")?,
            tail: value("desc_ring.tail_id.counter")?,
            text: value("text_data_ring.data")?,
            text_bits: bits("text_data_ring.size_bits")?,
            state: Field::new(program, descriptor, "state_var.counter")?,
            begin: Field::new(program, descriptor, "text_blk_lpos.begin")?,
            next: Field::new(program, descriptor, "text_blk_lpos.next")?,
            descriptor_size: sizeof(program.types(), descriptor)?,
            info: InfoLayout {
                sequence: Field::new(program, info, "seq")?,
                timestamp: Field::new(program, info, "ts_nsec")?,
                text_length: Field::new(program, info, "text_len")?,
                facility: Field::new(program, info, "facility")?,
                caller: Field::new(program, info, "caller_id")?,
                subsystem: Field::new(program, info, "dev_info.subsystem")?,
                device: Field::new(program, info, "dev_info.device")?,
                size: sizeof(program.types(), info)?,
            },
        })
    }

    /// The message of descriptor `id`, unless it was being written or is gone.
    fn record(&self, program: &Program, id: u64) -> Result<Option<PrintkRecord>> {
        let index = id & self.count_mask;
        let descriptor = self
            .descriptors
            .wrapping_add(index.wrapping_mul(self.descriptor_size));
        let state = self.state.read(program, descriptor)?;
        let kind = state >> self.id_mask.count_ones();
        if state & self.id_mask != id & self.id_mask || ![COMMITTED, FINALIZED].contains(&kind) {
            return Ok(None);
        }
        let info = self.infos.wrapping_add(index.wrapping_mul(self.info.size));
        let info = read_bytes(program, info, self.info.size)?;
        let value = |field: &Field| field.parse(self.order, &info);
        let begin = self.begin.read(program, descriptor)?;
        let next = self.next.read(program, descriptor)?;
        let text = self.text(program, begin, next, value(&self.info.text_length))?;
        let Some(text) = text else { return Ok(None) };
        let caller = value(&self.info.caller);
        // Bits 0 to 4 of the byte behind the facility are the flags, 5 to 7 the level (counted from the other end on
        // big-endian machines).
        let place = usize::try_from(self.info.facility.offset.saturating_add(1));
        let byte = place.ok().and_then(|place| info.get(place)).copied();
        let byte = u64::from(byte.unwrap_or(0));
        let (flags, level) = match self.order {
            ByteOrder::Little => (byte & 0x1f, byte >> 5),
            ByteOrder::Big => (byte >> 3, byte & 7),
        };
        let name = |field: &Field| {
            let start = usize::try_from(field.offset).unwrap_or(usize::MAX);
            let size = usize::try_from(field.size).unwrap_or(0);
            let bytes = info.get(start..).and_then(|rest| rest.get(..size));
            let bytes = bytes.unwrap_or(&[]);
            let end = bytes.iter().position(|byte| *byte == 0);
            bytes
                .get(..end.unwrap_or(bytes.len()))
                .unwrap_or(bytes)
                .to_vec()
        };
        let context = [
            ("SUBSYSTEM", name(&self.info.subsystem)),
            ("DEVICE", name(&self.info.device)),
        ];
        Ok(Some(PrintkRecord {
            text,
            facility: value(&self.info.facility),
            level,
            sequence: value(&self.info.sequence),
            timestamp: value(&self.info.timestamp),
            caller: Some(caller_of(caller)),
            is_continuation: flags & LOG_CONT != 0,
            context: context
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .collect(),
        }))
    }

    /// The text between two positions of the ring of texts, `None` if the ring has gone over it.
    fn text(
        &self,
        program: &Program,
        begin: u64,
        next: u64,
        length: u64,
    ) -> Result<Option<Vec<u8>>> {
        // Odd positions are of messages without text (`EMPTY_LINE_LPOS`) or whose text is lost (`FAILED_LPOS`, 1).
        if begin & 1 != 0 {
            return Ok((begin != 1 || next != 1).then(Vec::new));
        }
        let size = 1u64 << self.text_bits;
        let mask = size.wrapping_sub(1);
        // What does not fit before the end of the ring stands at its start instead. A text that ends with the ring does
        // not go over it.
        let wraps = begin >> self.text_bits != next.wrapping_sub(1) >> self.text_bits;
        let (start, end) = if wraps {
            (0, next & mask)
        } else {
            let start = begin & mask;
            (
                start,
                start.saturating_add(next.wrapping_sub(begin)).min(size),
            )
        };
        // The ID of the descriptor that the text is of stands before it.
        let room = end.saturating_sub(start).saturating_sub(self.word_size);
        let text = self.text.wrapping_add(start).wrapping_add(self.word_size);
        read_bytes(program, text, length.min(room)).map(Some)
    }
}

/// `printk_caller_id()`: the highest bit tells CPUs from tasks.
fn caller_of(id: u64) -> Caller {
    let id = u32::try_from(id).unwrap_or(0);
    match id >> 31 {
        0 => Caller::Task(id),
        _ => Caller::Cpu(id & 0x7fff_ffff),
    }
}

/// The messages of the log that are complete, oldest first.
pub fn printk_records(program: &Program) -> Result<Vec<PrintkRecord>> {
    let ring = Ring::new(program)?;
    let count = ring.head.wrapping_sub(ring.tail) & ring.id_mask;
    let count = count.min(ring.count_mask).saturating_add(1);
    let mut records = Vec::new();
    for step in 0..count {
        if let Some(record) = ring.record(program, ring.tail.wrapping_add(step))? {
            records.push(record);
        }
    }
    Ok(records)
}

/// How the time of a message is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timestamps {
    /// Seconds since the start.
    Seconds,
    /// Not at all.
    None,
}

/// The log as text, a message's time in front of its first line only, as drgn has it (the kernel and `dmesg`
/// put it in front of each).
pub fn dmesg(program: &Program, timestamps: Timestamps) -> Result<Vec<u8>> {
    let mut log = Vec::new();
    for record in printk_records(program)? {
        let prefix = match timestamps {
            Timestamps::None => String::new(),
            Timestamps::Seconds => {
                let microseconds = record.timestamp / 1000;
                let seconds = microseconds / 1_000_000;
                format!("[{seconds:5}.{:06}] ", microseconds % 1_000_000)
            }
        };
        log.extend_from_slice(prefix.as_bytes());
        log.extend_from_slice(&record.text);
        log.push(b'\n');
    }
    Ok(log)
}

static PRINTK_RECORD: RecordClass = RecordClass {
    module: "printk",
    name: "PrintkRecord",
    is_tuple: true,
    doc: "A message of the kernel's log.",
    fields: &[
        RecordField::new("text", "bytes", "The message."),
        RecordField::new("facility", "int", ":manpage:`syslog(3)` facility."),
        RecordField::new("level", "int", "Log level."),
        RecordField::new("seq", "int", "Number of the message."),
        RecordField::new(
            "timestamp",
            "int",
            "When it was logged, in nanoseconds since the start.",
        ),
        RecordField::new(
            "caller_tid",
            "Optional[int]",
            "ID of the thread that logged it, ``None`` if it was not logged in a thread.",
        ),
        RecordField::new(
            "caller_cpu",
            "Optional[int]",
            "CPU that logged it, ``None`` if it was logged in a thread.",
        ),
        RecordField::new(
            "continuation",
            "bool",
            "Whether it goes on with the line of the message before.",
        ),
        RecordField::new(
            "context",
            "Dict[bytes, bytes]",
            "What the message is about: ``SUBSYSTEM`` and ``DEVICE`` if it was logged about a device.",
        ),
    ],
    sums: &[],
};

impl From<PrintkRecord> for Value {
    fn from(record: PrintkRecord) -> Self {
        let (task, cpu) = match record.caller {
            Some(Caller::Task(id)) => (Some(id), None),
            Some(Caller::Cpu(cpu)) => (None, Some(cpu)),
            None => (None, None),
        };
        let context = record
            .context
            .into_iter()
            .map(|(key, value)| (key.as_bytes().to_vec().into(), value.into()));
        Self::Record(
            &PRINTK_RECORD,
            vec![
                record.text.into(),
                record.facility.into(),
                record.level.into(),
                record.sequence.into(),
                record.timestamp.into(),
                task.into(),
                cpu.into(),
                record.is_continuation.into(),
                Self::Map(context.collect()),
            ],
        )
    }
}

const TIMESTAMPS: Param = Param::new(
    "timestamps",
    ParamKind::BoolOr(&["human"]),
    "Whether each message begins with its time, in seconds since the start.",
)
.or(Default::Bool(true))
.keyword();

const FILE: Param = Param::new(
    "file",
    ParamKind::File,
    "Where to print to, standard output if it is left out.",
)
.or(Default::None)
.keyword();

fn log_of(program: &Program, args: &Args) -> Result<Value> {
    let timestamps = match args.value(0) {
        Value::Bool(false) => Timestamps::None,
        Value::Str(_) => {
            return Err(Error::not_implemented(
                "dates are not shown yet; give True for seconds",
            ));
        }
        _ => Timestamps::Seconds,
    };
    Ok(dmesg(program, timestamps)?.into())
}

const MODULE: HelperModule = HelperModule("printk");

/// The classes whose instances these helpers return.
pub(super) static CLASSES: &[&RecordClass] = &[&PRINTK_RECORD];

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "get_printk_records",
        Front::Program,
        &[],
        Output::Returns("List[PrintkRecord]", ""),
        "Return the messages of the kernel's log, oldest first.",
        |program, _| {
            let records = printk_records(program)?;
            Ok(Value::List(records.into_iter().map(Value::from).collect()))
        },
    ),
    MODULE.helper(
        "get_dmesg",
        Front::Program,
        &[TIMESTAMPS],
        Output::Returns("bytes", "lines of the form ``[ seconds] message``"),
        "Return the kernel's log as text, as :manpage:`dmesg(1)` shows it.\n\n:func:`get_printk_records()` returns its parts.",
        log_of,
    ),
    MODULE.helper(
        "print_dmesg",
        Front::Program,
        &[TIMESTAMPS, FILE],
        Output::Prints,
        "Print the kernel's log, as :manpage:`dmesg(1)` does.",
        log_of,
    ),
];
