//! Every answer against infra/openapi.yaml: a status that the operation describes, its content
//! type, its schema, its required headers.

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use stack::api::{Answer, Api};
use tools::root::root;

/// The API's description.
#[derive(Debug)]
pub(crate) struct Description(Value);

impl Description {
    pub(crate) fn read() -> Result<Self> {
        let text = std::fs::read_to_string(root().join("infra/openapi.yaml"))?;
        Ok(Self(serde_yaml_ng::from_str(&text)?))
    }

    /// Fails if the answer is not one that the description has for this request.
    fn check(&self, method: &Method, path: &str, answer: &Answer) -> Result<()> {
        let described = format!("{method} {path} answering {} {}", answer.status, answer.body);
        let path = path.split('?').next().unwrap_or(path);
        let template =
            self.template(path).with_context(|| format!("no path is described for {path}"))?;
        let responses =
            ["", "paths", &template, &method.as_str().to_ascii_lowercase(), "responses"]
                .map(escaped)
                .join("/");
        let mut pointer = format!("{responses}/{}", answer.status);
        let response = self
            .0
            .pointer(&pointer)
            .with_context(|| format!("{described}: the status is not described"))?;
        if let Some(reference) = response.get("$ref").and_then(Value::as_str) {
            reference.trim_start_matches('#').clone_into(&mut pointer);
        }
        let response = self.0.pointer(&pointer).context("a dangling reference")?;
        for (name, header) in
            response.get("headers").and_then(Value::as_object).into_iter().flatten()
        {
            let required = header.get("required").and_then(Value::as_bool) == Some(true);
            ensure!(
                !required || answer.headers.contains_key(&name.to_ascii_lowercase()),
                "{described}: no header {name}"
            );
        }
        if response.get("content").is_none() {
            ensure!(answer.body.is_null(), "{described}: no body is described");
            return Ok(());
        }
        let kind = answer.headers.get("content-type").map(String::as_str).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default();
        let content = format!("{pointer}/content/{}/schema", escaped(kind));
        ensure!(
            self.0.pointer(&content).is_some(),
            "{described}: the content type {kind} is not described"
        );
        // The description itself is the schema's document, so that its references are found.
        let mut schema = self.0.clone();
        schema.as_object_mut().context("the description is no object")?.insert(
            "$ref".to_owned(),
            json!(format!("#{}", content.replace('{', "%7B").replace('}', "%7D"))),
        );
        let validator = jsonschema::draft202012::new(&schema)?;
        let faults: Vec<String> = validator
            .iter_errors(&answer.body)
            .map(|fault| format!("{}: {fault}", fault.instance_path))
            .collect();
        if !faults.is_empty() {
            bail!("{described}: {}", faults.join("; "));
        }
        Ok(())
    }

    /// Method and path of an operation, and the first example of its body.
    pub(crate) fn operation(&self, id: &str) -> Result<(String, String, Option<Value>)> {
        let paths =
            self.0.get("paths").and_then(Value::as_object).context("no paths are described")?;
        let operations = paths.iter().flat_map(|(path, item)| {
            item.as_object()
                .into_iter()
                .flatten()
                .map(move |(method, operation)| (path, method, operation))
        });
        let found = operations
            .into_iter()
            .find(|(_, _, operation)| operation.get("operationId") == Some(&json!(id)));
        let (path, method, operation) = found.with_context(|| format!("{id} is not described"))?;
        let body = operation.get("requestBody").map(|body| {
            let examples = self
                .resolved(body)
                .pointer("/content/application~1json/examples")
                .and_then(Value::as_object);
            let example = examples.and_then(|examples| examples.values().next());
            let value = example.and_then(|example| self.resolved(example).get("value"));
            value.cloned().with_context(|| format!("the body of {id} has no example"))
        });
        Ok((method.to_ascii_uppercase(), path.clone(), body.transpose()?))
    }

    /// What a reference names; what is none, itself.
    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let reference = value
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| self.0.pointer(reference.strip_prefix('#')?));
        reference.unwrap_or(value)
    }

    /// The described path that a path is one of.
    fn template(&self, path: &str) -> Option<String> {
        let fits = |template: &str| {
            let (known, given): (Vec<_>, Vec<_>) =
                (template.split('/').collect(), path.split('/').collect());
            known.len() == given.len()
                && known
                    .iter()
                    .zip(&given)
                    .all(|(known, given)| known == given || known.starts_with('{'))
        };
        let paths = self.0.get("paths")?.as_object()?;
        paths.keys().find(|template| fits(template)).cloned()
    }
}

fn escaped(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

/// The API, each answer of which is checked.
#[derive(Debug)]
pub(crate) struct Checked<'a> {
    pub(crate) api: Api,
    pub(crate) description: &'a Description,
}

impl Checked<'_> {
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Result<Answer> {
        let answer = self.api.send(method.clone(), path, headers, body).await?;
        self.description.check(&method, path, &answer)?;
        Ok(answer)
    }

    pub(crate) async fn post(&self, path: &str, key: &str, body: &Value) -> Result<Answer> {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        self.send(Method::POST, path, &headers, Some(body.to_string())).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Result<Answer> {
        self.send(
            Method::PUT,
            path,
            &[("content-type", "application/json")],
            Some(body.to_string()),
        )
        .await
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Answer> {
        self.send(Method::GET, path, &[], None).await
    }
}
