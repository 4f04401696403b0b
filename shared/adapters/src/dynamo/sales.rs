//! Sales, by their ids and their customers.

use super::client::{DynamoSales, page, unread, update};
use super::item::{item, key, names, string, text};
use super::schema::{CUSTOMER, DETAILS, LISTED, SALE, customer_pk, sale_pk};
use super::stored::{corrupt, listed_ids, read_details, read_sale};
use domain::ports::{
    CommitError, Details, MOST_SALES_LISTED, NewSale, Registered, RequestKey, SaleStore, StoreError,
};
use domain::vehicle::VehicleChange;
use domain::{CustomerKey, Sale, SaleId};

impl SaleStore for DynamoSales {
    async fn register(&self, new: NewSale<'_>) -> Result<Registered, StoreError> {
        self.put_sale(new).await
    }

    async fn answered(&self, request: &RequestKey) -> Result<Option<Registered>, StoreError> {
        self.answered_request(request).await
    }

    async fn sale(&self, id: SaleId) -> Result<Option<Sale>, StoreError> {
        // Without the projection half of the answer would be the state machine's token.
        let get = self.get_item(key(sale_pk(id), SALE)).projection_expression("#version, #state");
        let get = get.set_expression_attribute_names(Some(names(["version", "state"])));
        let found = get.send().await.map_err(unread("GetItem"))?.item;
        found.map(|item| read_sale(id, &item)).transpose()
    }

    async fn sale_with_details(&self, id: SaleId) -> Result<Option<(Sale, Details)>, StoreError> {
        let values = item([(":pk", text(sale_pk(id))), (":sale", text(SALE))]);
        let query = self.find("PK = :pk AND begins_with(SK, :sale)", values).consistent_read(true);
        let query = query.projection_expression("SK, #version, #state, details");
        let found =
            page(query.set_expression_attribute_names(Some(names(["version", "state"])))).await?;
        let with_key = |sk: &str| found.iter().find(|item| string(item, "SK") == Some(sk));
        let (sale, details) = match (with_key(SALE), with_key(DETAILS)) {
            (Some(sale), Some(details)) => (sale, details),
            (None, None) => return Ok(None),
            _ => return Err(corrupt(id, "its items are incomplete")),
        };
        Ok(Some((read_sale(id, sale)?, read_details(id, details)?)))
    }

    async fn sales_of(&self, customer: &CustomerKey) -> Result<Vec<SaleId>, StoreError> {
        // An id begins with the moment at which it was made: the order of the keys is the order of
        // the sales.
        let values = item([(":pk", text(customer_pk(customer))), (":sale", text(LISTED))]);
        let query = self.find("PK = :pk AND begins_with(SK, :sale)", values).consistent_read(true);
        let query = query
            .scan_index_forward(false)
            .limit(MOST_SALES_LISTED.into())
            .projection_expression("SK");
        listed_ids(customer, &page(query).await?)
    }

    async fn commit(
        &self,
        next: &Sale,
        vehicle: Option<&VehicleChange>,
    ) -> Result<(), CommitError> {
        match vehicle {
            None => self.update_sale(next).await,
            Some(change) => self.update_sale_and_vehicle(next, change).await,
        }
    }

    async fn commit_with_details(&self, next: &Sale, details: &Details) -> Result<(), CommitError> {
        self.update_sale_and_details(next, details, None).await
    }

    async fn commit_with_customer(
        &self,
        next: &Sale,
        details: &Details,
    ) -> Result<(), CommitError> {
        let values = item([
            (":name", text(details.customer.full_name.as_str())),
            (":language", text(details.customer.language.code())),
            (":email", text(details.customer.email.as_str())),
        ]);
        let customer = self.update_part(key(customer_pk(&next.customer), CUSTOMER));
        let customer = customer
            .update_expression("SET full_name = :name, #language = :language, email = :email");
        let customer = customer.set_expression_attribute_names(Some(names(["language"])));
        let customer = customer.set_expression_attribute_values(Some(values));
        let customer = update(customer.condition_expression("attribute_exists(PK)"))?;
        self.update_sale_and_details(next, details, Some(customer)).await
    }
}

impl DynamoSales {
    /// What was captured with the sale.
    pub(super) async fn captured(&self, id: SaleId) -> Result<Details, StoreError> {
        let found = self.one(key(sale_pk(id), DETAILS)).await?;
        read_details(id, &found.ok_or_else(|| corrupt(id, "it has no details"))?)
    }
}
