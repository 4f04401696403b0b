//! What the project's commands have in common: the pinned tools, child processes, the builds of the
//! functions, and the template as it is read and as it is deployed locally.

pub mod functions;
pub mod narrator;
pub mod pinned;
pub mod process;
pub mod root;
pub mod template;

pub use pinned::Tools;
