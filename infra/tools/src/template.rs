//! The template `infra/template.yaml`, expanded as AWS deploys it: read, and as a local run deploys it.

use crate::Tools;
use crate::functions::{LOCAL_FUNCTIONS, Programs};
use crate::narrator::Narrator;
use crate::process::run;
use crate::root::root;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The type of a function.
pub const FUNCTION: &str = "AWS::Lambda::Function";

/// The expanded template.
#[derive(Debug, Clone)]
pub struct Template(Value);

/// A resource of the template.
#[derive(Debug, Clone, Copy)]
pub struct Resource<'a> {
    /// Its logical id.
    pub id: &'a str,
    /// Its type.
    pub kind: &'a str,
    /// All of it.
    pub whole: &'a Value,
}

impl<'a> Resource<'a> {
    /// A property, by its pointer: `/Environment/Variables`.
    pub fn property(&self, pointer: &str) -> Option<&'a Value> {
        self.whole.get("Properties")?.pointer(pointer)
    }

    /// Of a function: the folder of its code, which is its operation's name.
    pub fn folder(&self) -> Option<&'a str> {
        self.property("/Code")?.as_str()?.strip_prefix("../functions/")
    }
}

impl Template {
    /// Expands the template as it is on disk.
    pub fn read() -> Result<Self> {
        Tools::Deploy.install(&Narrator::default())?;
        let mut expand = Command::new(Tools::Deploy.bin().join("python3"));
        expand.current_dir(root()).args(["infra/local/expand.py", "infra/template.yaml"]);
        let expanded = run(&mut expand).context("the template can't be expanded")?;
        Ok(Self(serde_json::from_str(&expanded)?))
    }

    /// All of it.
    pub fn whole(&self) -> &Value {
        &self.0
    }

    /// Its resources.
    pub fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        let resources = self.0.get("Resources").and_then(Value::as_object).into_iter().flatten();
        resources.filter_map(|(id, whole)| {
            Some(Resource { id, kind: whole.get("Type")?.as_str()?, whole })
        })
    }

    /// Its resources of this type.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = Resource<'a>> {
        self.resources().filter(move |resource| resource.kind == kind)
    }

    /// This resource.
    pub fn resource(&self, id: &str) -> Option<Resource<'_>> {
        self.resources().find(|resource| resource.id == id)
    }

    /// Takes an action out of every role.
    pub fn forbid(&mut self, action: &str) -> Result<()> {
        if take_out(&mut self.0, action) == 0 {
            bail!("no role of the template may {action}");
        }
        Ok(())
    }

    /// Writes it into `folder` as a local run deploys it, and beside it what it deploys: for each
    /// function a bootstrap of two lines, which starts the program that cargo built. That one stays
    /// here: once a function, zipped, sent and unpacked, it would be gigabytes.
    pub fn deployable(&self, programs: &Programs, folder: &Path) -> Result<PathBuf> {
        let program = folder.join(LOCAL_FUNCTIONS);
        // A run keeps its own, whatever cargo builds meanwhile. Between file systems there is no
        // hard link.
        let built = programs.get(LOCAL_FUNCTIONS)?;
        std::fs::hard_link(built, &program)
            .or_else(|_| std::fs::copy(built, &program).map(drop))?;
        let mut written = self.0.clone();
        let resources = written.pointer_mut("/Resources").and_then(Value::as_object_mut);
        let resources = resources.into_iter().flatten().map(|(_, resource)| resource);
        for properties in resources.filter_map(|resource| resource.get_mut("Properties")) {
            for (path, to) in [("Code", None), ("DefinitionS3Location", Some(root()))] {
                let Some(Value::String(path)) = properties.get_mut(path) else { continue };
                let relative = path.trim_start_matches("../");
                if let Some(function) = relative.strip_prefix("functions/") {
                    deploy_launcher(&program, function, folder)?;
                }
                *path = to.as_deref().unwrap_or(folder).join(relative).display().to_string();
            }
        }
        let template = folder.join("template.json");
        std::fs::write(&template, written.to_string())?;
        Ok(template)
    }
}

/// Takes an action out of every list of them, and says of how many.
fn take_out(value: &mut Value, action: &str) -> usize {
    match value {
        Value::Object(members) => {
            let own =
                members.get_mut("Action").and_then(Value::as_array_mut).map_or(0, |actions| {
                    let before = actions.len();
                    actions.retain(|of| of != action);
                    before - actions.len()
                });
            own + members.values_mut().map(|member| take_out(member, action)).sum::<usize>()
        }
        Value::Array(items) => items.iter_mut().map(|item| take_out(item, action)).sum(),
        _ => 0,
    }
}

fn deploy_launcher(program: &Path, function: &str, folder: &Path) -> Result<()> {
    let code = folder.join("functions").join(function);
    std::fs::create_dir_all(&code)?;
    let bootstrap = code.join("bootstrap");
    let quoted = program.display().to_string().replace('\'', r"'\''");
    std::fs::write(&bootstrap, format!("#!/bin/sh\nexec '{quoted}' {function}\n"))?;
    Ok(std::fs::set_permissions(bootstrap, Permissions::from_mode(0o755))?)
}
