//! Lookups that take long can be stopped, and fail no later one.

use crate::compiled::{Compiled, parse};
use crate::many_files::paths;
use spelunk_base::{Cancel, NoProgress, Progress};
use spelunk_debuginfo::{DebugFile, DebugInfo, DebugInfoError, Patience};
use spelunk_elf::SectionAddresses;
use spelunk_types::{TypeData, TypeKind, TypeStore};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Who stops the next few lookups.
#[derive(Default)]
struct Impatient {
    /// How many more are stopped,
    stops: AtomicU32,
    /// or panic,
    panics: AtomicU32,
    /// and how many were waited for.
    waited: AtomicU32,
}

fn takes_one(count: &AtomicU32) -> bool {
    let one_less = |count: u32| count.checked_sub(1);
    let taken = count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less);
    taken.is_ok()
}

impl Patience for Impatient {
    fn wait_for(&self, work: &mut (dyn FnMut(&dyn Progress, &Cancel) + Send)) {
        self.waited.fetch_add(1, Ordering::Relaxed);
        assert!(!takes_one(&self.panics), "a test's own panic");
        let cancel = Cancel::default();
        if takes_one(&self.stops) {
            cancel.cancel();
        }
        work(&NoProgress, &cancel);
    }
}

impl Impatient {
    fn stop_next(&self) {
        self.stops.store(1, Ordering::Relaxed);
    }
}

fn info() -> (Arc<Impatient>, DebugInfo) {
    let user = Arc::<Impatient>::default();
    let store = Arc::new(TypeStore::new());
    let info = DebugInfo::with_patience(store, Arc::clone(&user) as _);
    (user, info)
}

const UNITS: [&str; 2] = [
    "
    namespace o { struct declared; struct user { declared *pointer; }; }
    o::user user;
    int main() { return 0; }
    ",
    "
    namespace o { inline namespace v1 { struct type { int member; }; }
    struct declared { int member; }; }
    o::type type;
    o::declared declared;
    ",
];

#[test]
fn names_in_namespaces_are_looked_through_until_somebody_stops_it() {
    let compile = |unit: usize| {
        // Without build ID no index is kept, of which a later run would make use.
        let options = ["-xc++", "-g", "-shared", "-fPIC", "-Wl,--build-id=none"];
        let name = format!("patience-{unit}");
        Compiled::with("g++", &name, UNITS[unit], &options).path
    };
    let (user, info) = info();
    for path in [compile(0), compile(1)] {
        let file = DebugFile::new(parse(&path), SectionAddresses::default(), 0);
        info.add(file).unwrap();
    }
    let find = |name: &str| info.find_type(&[TypeKind::Struct], name, None);
    let is_stopped = |name: &str| matches!(find(name), Err(DebugInfoError::Cancelled));

    // The index, the names in namespaces of the first file, and those of the second.
    for _ in 0..2 {
        user.stop_next();
        assert!(is_stopped("o::nothing"));
    }
    assert_eq!(find("o::user").unwrap().map(|_| ()), Some(()));

    // The definition of a type: what is stopped is not taken for an answer.
    let outer = find("o::user").unwrap().unwrap();
    user.stop_next();
    let members = info.store().members(outer.id).unwrap().unwrap();
    let pointer = members.members[0].ty.id;
    let referenced = || match &info.store().get(pointer)?.data {
        TypeData::Pointer { referenced, .. } => info.store().get(referenced.id),
        other => panic!("{other:?}"),
    };
    assert!(referenced().is_err_and(|error| error.is_cancelled()));
    let TypeData::Compound { size, .. } = &referenced().unwrap().data else {
        panic!();
    };
    assert_eq!(*size, Some(4));

    // Inline namespaces, which are looked for where a name is missing.
    user.stop_next();
    assert!(is_stopped("o::type"));
    assert!(find("o::type").unwrap().is_some());
    let waited = user.waited.load(Ordering::Relaxed);
    assert!(find("o::nothing").unwrap().is_none());
    assert_eq!(
        user.waited.load(Ordering::Relaxed),
        waited,
        "all is known by now"
    );
}

#[test]
fn names_of_many_files_are_merged_after_a_first_attempt_that_failed() {
    let (user, info) = info();
    for path in paths("patience") {
        let file = DebugFile::new(parse(&path), SectionAddresses::default(), 0);
        info.add(file).unwrap();
    }
    info.prepare(&NoProgress, &Cancel::default()).unwrap();
    // Stopped or panicking lookups among as many as it takes to merge names.
    let ask_until = |is_it: &dyn Fn() -> bool| {
        for number in 0..20_000 {
            let name = format!("missing_{number}");
            let found = catch_unwind(AssertUnwindSafe(|| {
                info.find_type(&[TypeKind::Struct], &name, None)
            }));
            if is_it() {
                return found;
            }
            assert!(found.unwrap().unwrap().is_none());
        }
        panic!("nobody was waited for");
    };
    let waited = [1, 2, 3].map(|count| {
        let user = &user;
        move || user.waited.load(Ordering::Relaxed) == count
    });
    user.panics.store(1, Ordering::Relaxed);
    assert!(ask_until(&waited[0]).is_err(), "it panicked");
    user.stop_next();
    let stopped = ask_until(&waited[1]).unwrap();
    assert!(matches!(stopped, Err(DebugInfoError::Cancelled)));
    assert!(ask_until(&waited[2]).unwrap().unwrap().is_none());
    assert!(
        info.find_type(&[TypeKind::Struct], "everywhere", None)
            .unwrap()
            .is_some()
    );
}
