//! The countries' administrative registries (R-43 and R-44 of `docs/requirements.md`): one API, a
//! path a country. The sale's id, and how often it was refused, is the idempotency key.

use crate::factory::reason;
use crate::partner::{Answer, Call, Partner};
use domain::country::{Country, DocumentKind};
use domain::ids::FileDigest;
use domain::ports::{RegistrationRequest, Registry, RegistryError};
use domain::sale::Registration;
use domain::{Address, DealershipId, FullName, Plate, RegistrationId, TaxId, Vin};
use serde::Serialize;

/// Every country's registry behind one address. Make one a process.
#[derive(Debug)]
pub struct HttpRegistry(Partner);

impl HttpRegistry {
    /// The registries at this address.
    pub fn new(partner: Partner) -> Self {
        Self(partner)
    }
}

#[derive(Serialize)]
struct RegistrationBody<'a> {
    vehicle_id: &'a Vin,
    dealership_id: &'a DealershipId,
    owner: Owner<'a>,
    documents: Vec<DocumentBody<'a>>,
}

#[derive(Serialize)]
struct DocumentBody<'a> {
    kind: DocumentKind,
    sha256: &'a FileDigest,
}

#[derive(Serialize)]
struct Owner<'a> {
    full_name: &'a FullName,
    address: &'a Address,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_id: Option<&'a TaxId>,
}

impl Registry for HttpRegistry {
    async fn register(&self, request: &RegistrationRequest) -> Result<Registration, RegistryError> {
        let RegistrationRequest {
            country,
            dealership,
            vehicle,
            owner,
            address,
            tax_id,
            documents,
            ..
        } = request;
        let owner = Owner { full_name: owner, address, tax_id: tax_id.as_ref() };
        let documents = documents
            .iter()
            .map(|document| DocumentBody { kind: document.kind, sha256: &document.sha256 })
            .collect();
        let body =
            RegistrationBody { vehicle_id: vehicle, dealership_id: dealership, owner, documents };
        let (operation, path) = (
            "register vehicle",
            Country::of(*country).map_or_else(
                || format!("/{country}/registrations"),
                |country| country.registry_path.clone(),
            ),
        );
        let answer = self
            .0
            .call(Call::post(operation, path).idempotency_key(&request.key()).json(&body)?)
            .await?;
        match answer.status {
            202 => Err(RegistryError::Pending),
            200..300 => registered(&answer)
                .ok_or_else(|| self.0.unclear(operation, "no registration").into()),
            404 | 422 => Err(RegistryError::Refused(reason(&answer))),
            _ => Err(self.0.unclear(operation, "neither a registration nor a refusal").into()),
        }
    }
}

fn registered(answer: &Answer) -> Option<Registration> {
    let id = answer.text("/registration_id").and_then(|id| RegistrationId::parse(id).ok())?;
    let plate = answer.text("/plate").and_then(|plate| Plate::parse(plate).ok())?;
    Some(Registration { id, plate })
}
