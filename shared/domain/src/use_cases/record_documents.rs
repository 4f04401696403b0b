//! A manager puts documents on file for the authority.

use super::commit::{ChangeError, commit_with_details};
use crate::country::DocumentKind;
use crate::ids::FileDigest;
use crate::ports::{Details, Document, SaleStore};
use crate::sale::{Command, Sale};
use crate::{DealershipId, EmployeeId, SaleId};
use jiff::Timestamp;

/// How many documents a sale has at most: it bounds the item.
pub const MAX_DOCUMENTS: usize = 40;

/// A manager's request.
#[derive(Debug, Clone)]
pub struct Input {
    /// The sale's id, from the request's path.
    pub sale: SaleId,
    /// The manager's dealership; another's sale doesn't exist for it.
    pub dealership: DealershipId,
    /// The manager, by the id in the token (`sub`).
    pub by: EmployeeId,
    /// What each is, and its file's digest.
    pub documents: Vec<(DocumentKind, FileDigest)>,
}

/// Why they are not on file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordDocumentsError {
    /// Enough is enough.
    #[error("the sale has {MAX_DOCUMENTS} documents")]
    TooMany,
    /// The load, the decision or the commit failed; see [`ChangeError`].
    #[error(transparent)]
    Failed(#[from] ChangeError),
}

/// Records each once; another file of a kind is added to those before it. What waits for them goes
/// on.
pub async fn record_documents(
    store: &impl SaleStore,
    input: Input,
    now: Timestamp,
) -> Result<(Sale, Details), RecordDocumentsError> {
    let Input { sale, dealership, by, documents } = input;
    let change = |details: &mut Details| {
        let is_fresh = |(kind, sha256): &&(DocumentKind, FileDigest)| {
            !details.documents.iter().any(|known| known.kind == *kind && known.sha256 == *sha256)
        };
        let fresh: Vec<_> = documents.iter().filter(is_fresh).cloned().collect();
        if fresh.is_empty() {
            return Ok(None);
        }
        if details.documents.len().saturating_add(fresh.len()) > MAX_DOCUMENTS {
            return Err(RecordDocumentsError::TooMany);
        }
        let kinds = fresh.iter().map(|(kind, _)| *kind).collect();
        details.documents.extend(fresh.into_iter().map(|(kind, sha256)| Document {
            kind,
            sha256,
            by: by.clone(),
            at: now,
        }));
        Ok(Some(Command::RecordDocuments(kinds)))
    };
    let write =
        async |next: &Sale, details: &Details| store.commit_with_details(next, details).await;
    commit_with_details(store, (sale, &dealership), now, change, write).await
}
