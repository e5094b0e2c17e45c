//! The lab: real kernels and dumps of them, made from a distribution's packages.
//!
//! What there is stands in [`catalogue`]. A kernel is downloaded and unpacked ([`kernel`]), never
//! installed. A dump is made by booting it in QEMU ([`guest`], with an [`initramfs`] of busybox, the
//! kernel's modules and the programs in `lab/guest`: [`boot`]), letting it work, crashing it, and keeping
//! the dump together with what the guest said about itself just before ([`make`]). A guest can also look at
//! its own kernel ([`live`]), or be looked at from outside ([`remote`]).

mod apt;
mod boot;
mod catalogue;
mod convert;
mod dump;
mod folder;
mod frames;
mod guest;
mod initramfs;
mod kernel;
mod kyber;
mod libraries;
mod live;
mod machine;
mod make;
mod qmp;
mod remote;
mod sockets;
mod truth;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

pub(crate) use catalogue::{DUMPS, LIVE_KERNEL, LIVE_KERNELS, REMOTE, Tests};
pub(crate) use dump::{CoreFile, Dump};

use crate::place::Place;
use crate::venv::Venv;
use crate::{packages, venv};
use catalogue::{DumpSpec, KERNELS, KernelSpec, live_guest};
use kernel::Kernel;

/// The maker of kernels and dumps: what is in the cache is used, the rest is made.
pub(crate) struct Lab {
    cache: PathBuf,
    /// `lab/guest` of the checkout.
    guest: PathBuf,
}

impl Lab {
    pub(crate) fn new(place: &Place) -> Self {
        Self {
            cache: place.cache.clone(),
            guest: place.root.join("lab/guest"),
        }
    }

    /// The dump of that name.
    pub(crate) fn dump(&self, name: &str) -> Result<Dump> {
        let spec = DUMPS
            .iter()
            .find(|spec| spec.name == name)
            .with_context(|| format!("no dump {name}: see `cargo xtask lab --list`"))?;
        let kernel = self.kernel(spec.kernel)?;
        let module = spec
            .scenario
            .is_kyber()
            .then(|| self.kyber_module(&kernel))
            .transpose()?;
        let folder = folder::ensure(&self.cache.join("dumps").join(name), |folder| {
            make::make(spec, &kernel, module.as_deref(), &self.guest, folder)
        })?;
        Ok(Dump {
            spec,
            folder,
            kernel,
            module,
        })
    }

    /// Runs a Python script under this Spelunk in a guest with the kernel of that name, which it can debug.
    pub(crate) fn run_live(&self, spelunk: &Venv, kernel: &str, script: &Path) -> Result<()> {
        let spec = live_guest(kernel)?;
        self.in_folder(|folder| live::run_script(self, &spec, spelunk, script, folder))
    }

    /// Runs a Python script under this Spelunk beside a guest of that name, which it can debug from outside.
    pub(crate) fn run_remote(&self, spelunk: &Venv, guest: &str, script: &Path) -> Result<()> {
        let spec = REMOTE.iter().find(|spec| spec.name == guest);
        let spec = spec.with_context(|| {
            let names: Vec<&str> = REMOTE.iter().map(|spec| spec.name).collect();
            format!("no guest {guest}: there are {}", names.join(", "))
        })?;
        self.in_folder(|folder| remote::run_script(self, spec, spelunk, script, folder))
    }

    /// Lets a guest have a folder for as long as it runs.
    fn in_folder(&self, run: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        let folder = self.cache.join(format!(".live.{}", std::process::id()));
        folder::remove_abandoned(&self.cache, ".live.")?;
        fs::create_dir_all(&folder)?;
        let result = run(&folder);
        fs::remove_dir_all(&folder)?;
        result
    }

    pub(crate) fn kernel(&self, name: &str) -> Result<Kernel> {
        let spec = KERNELS
            .iter()
            .find(|spec| spec.folder == name)
            .with_context(|| format!("no kernel {name}: see `cargo xtask lab --list`"))?;
        let folder = folder::ensure(&self.cache.join(name), |folder| kernel::fetch(spec, folder))?;
        Kernel::open(folder, spec)
    }

    fn kyber_module(&self, kernel: &Kernel) -> Result<PathBuf> {
        folder::ensure(&self.cache.join("kyber"), |folder| {
            kyber::build(kernel, &self.guest, folder)
        })
    }
}

/// `cargo xtask lab`: makes the named kernels and dumps, or all that tests need and the drgn to compare with.
pub(crate) fn lab(place: &Place, names: &[&str]) -> Result<()> {
    if names == ["--list"] {
        list(place);
        return Ok(());
    }
    packages::ensure()?;
    let lab = Lab::new(place);
    let all: Vec<&str> = DUMPS
        .iter()
        .filter(|spec| matches!(spec.tests, Tests::All | Tests::Own))
        .map(|spec| spec.name)
        .collect();
    if names.is_empty() {
        venv::with_drgn(&place.cache)?;
    }
    for &name in if names.is_empty() { &all } else { names } {
        if KERNELS.iter().any(|spec| spec.folder == name) {
            println!("{}", lab.kernel(name)?.vmlinux().display());
        } else {
            println!("{}", lab.dump(name)?.core().display());
        }
    }
    Ok(())
}

fn list(place: &Place) {
    let state = |folder: PathBuf| {
        if folder::is_whole(&folder) {
            "made"
        } else {
            "-"
        }
    };
    for KernelSpec { folder, about, .. } in KERNELS {
        println!("{folder:17} {:5} {about}", state(place.cache.join(folder)));
    }
    for DumpSpec { name, about, .. } in DUMPS {
        let folder = place.cache.join("dumps").join(name);
        println!("{name:17} {:5} {about}", state(folder));
    }
}
