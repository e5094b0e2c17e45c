//! Opening what is to be debugged.

use crate::finder::OsFinder;
use crate::machine::CustomMachine;
use crate::userspace::UserProgram;
use crate::{BringUp, Error, ErrorKind, Machine, Os, Program, Result, System};
use spelunk_base::Platform;
use spelunk_image::{Damage, Format, Image, TargetKind, Vmcoreinfo};
use spelunk_memory::AddressSpace;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Program {
    /// Makes the program that of a core dump: several files are the parts of one split dump.
    ///
    /// `systems` say whether it is theirs. No debugging information is loaded. Where this fails,
    /// memory may be there already: a new attempt needs a new program.
    ///
    /// # Errors
    ///
    /// If the program is something already, the files cannot be read or are no core dump, or no
    /// system knows it.
    pub fn open_core(&self, paths: &[PathBuf], systems: &[&dyn System]) -> Result<()> {
        if self.is_open() {
            return Err(already());
        }
        let files: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
        self.open_image(Image::open(&files)?, systems)?;
        let paths = paths
            .iter()
            .map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone()));
        let _ = self.core_dump.set(paths.collect());
        Ok(())
    }

    /// As [`open_core`](Self::open_core), with a dump that is open already, or in memory.
    ///
    /// # Errors
    ///
    /// As [`open_core`](Self::open_core).
    pub fn open_image(&self, mut image: Image, systems: &[&dyn System]) -> Result<()> {
        if self.is_open() {
            return Err(already());
        }
        if let Some(info) = self.vmcoreinfo.get() {
            image.set_vmcoreinfo(info.clone());
        }
        if self.platform().or(image.platform()).is_none() {
            // Images of memory alone; that has to tell.
            let scanned = image.scan_for_vmcoreinfo(self.cancel(), &*self.progress())?;
            if let Some(info) = scanned {
                image.set_vmcoreinfo(info);
            }
        }
        let image = Arc::new(image);
        let platform = self.platform().or(image.platform()).ok_or_else(|| {
            Error::value(match image.format() {
                Format::Raw => "this is no dump in a format that is known (ELF core, kdump-compressed, flattened, \
                                LiME), and no raw image of memory in which a kernel can be found",
                _ => "the dump does not tell its machine; give the program a platform",
            })
        })?;
        self.add_segments(&image);
        let os: Arc<dyn Os> = match image.target() {
            TargetKind::Process => Arc::new(UserProgram::dead(&image, platform, &self.memory)),
            TargetKind::Kernel => {
                self.bring_up(Arc::clone(&image) as _, image.damage(), platform, systems)?
            }
        };
        self.publish(Some(image), os)?;
        // Threads that look from now on see all of it.
        self.platform.get_or_init(|| platform);
        Ok(())
    }

    /// Makes the program a kernel whose memory the user gives: physical segments, now or later.
    ///
    /// `vmcoreinfo` is what the kernel tells of itself, unless that was [given](Self::set_vmcoreinfo) before.
    ///
    /// # Errors
    ///
    /// If the program is something already, its platform is not known, the text lacks what it takes to find a kernel,
    /// or no system knows it.
    pub fn open_custom(
        &self,
        vmcoreinfo: &[u8],
        is_live: bool,
        systems: &[&dyn System],
    ) -> Result<()> {
        let platform = self.lookup_platform()?;
        let info = match self.vmcoreinfo.get() {
            Some(info) => info.clone(),
            None => parse_vmcoreinfo(vmcoreinfo)?,
        };
        self.open_machine(Arc::new(CustomMachine { info, is_live }), platform, systems)
    }

    fn add_segments(&self, image: &Image) {
        for space in [AddressSpace::Virtual, AddressSpace::Physical] {
            let segments = image.segments(space).iter().cloned();
            self.memory.segments(space).add_all(segments);
        }
    }

    pub(crate) fn open_machine(
        &self,
        machine: Arc<dyn Machine>,
        platform: Platform,
        systems: &[&dyn System],
    ) -> Result<()> {
        if self.is_open() {
            return Err(already());
        }
        let os = self.bring_up(machine, &[], platform, systems)?;
        self.publish(None, os)?;
        self.platform.get_or_init(|| platform);
        Ok(())
    }

    pub(crate) fn is_open(&self) -> bool {
        self.os.get().is_some() || self.image.get().is_some()
    }

    fn bring_up(
        &self,
        machine: Arc<dyn Machine>,
        damage: &[Damage],
        platform: Platform,
        systems: &[&dyn System],
    ) -> Result<Arc<dyn Os>> {
        let found = BringUp {
            machine: &machine,
            platform,
            memory: &self.memory,
            progress: &*self.progress(),
            cancel: self.cancel(),
        };
        for system in systems {
            if let Some(os) = system.bring_up(&found)? {
                return Ok(os);
            }
        }
        // What would tell may have been behind the end of the file.
        let damage: Vec<String> = damage.iter().map(ToString::to_string).collect();
        let message = if damage.is_empty() {
            "this runs no operating system that is known here".to_owned()
        } else {
            format!(
                "nothing left tells what this is a dump of: {}",
                damage.join("; ")
            )
        };
        Err(Error::value(message))
    }

    /// Takes the text `info` for what the kernel tells of itself, in place of what a core dump says.
    /// The first text given stays.
    ///
    /// # Errors
    ///
    /// If the text lacks what it takes to find a kernel in a dump.
    pub fn set_vmcoreinfo(&self, info: &[u8]) -> Result<()> {
        let _ = self.vmcoreinfo.set(parse_vmcoreinfo(info)?);
        Ok(())
    }

    /// Makes what was opened the program, unless another thread was first.
    pub(crate) fn publish(&self, image: Option<Arc<Image>>, os: Arc<dyn Os>) -> Result<()> {
        let name = os.object_finder_name();
        if self.os.set(os).is_err() {
            return Err(already());
        }
        if let Some(image) = image {
            let _ = self.image.set(image);
        }
        match name {
            Some(name) => self
                .object_finders
                .register(name, Arc::new(OsFinder), Some(0)),
            None => Ok(()),
        }
    }

    /// The dump, if the program is one.
    #[must_use]
    pub fn image(&self) -> Option<&Arc<Image>> {
        self.image.get()
    }
}

fn parse_vmcoreinfo(text: &[u8]) -> Result<Vmcoreinfo> {
    let info = Vmcoreinfo::parse(text);
    match info.missing() {
        Some(what) => Err(Error::new(ErrorKind::BadData, what)),
        None => Ok(info),
    }
}

pub(crate) fn already() -> Error {
    Error::value("program memory was already initialized")
}
