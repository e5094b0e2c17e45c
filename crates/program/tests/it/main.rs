//! The program against small systems and files that are built here.

mod damage;
mod files;
mod loading;
mod system;
