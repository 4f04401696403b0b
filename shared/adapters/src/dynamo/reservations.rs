//! The sales of a dealership that wait for their señal: one item, a set of their ids, and a set of
//! each employee's. A set, not a count: who adds or takes away twice has done it once.

use super::client::{DynamoSales, FOUND, WriteError, update};
use super::item::{Item, item, key, number, set_of};
use super::schema::{UNPAID, dealership_pk};
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use domain::ports::{NewSale, StoreError, TooManyUnpaid, UnpaidReservations};
use domain::{EmployeeId, Sale};
use std::collections::HashMap;

/// The set of all of them.
const ALL: &str = "sales";

/// The set of an employee's.
fn own_set(employee: &EmployeeId) -> String {
    format!("of#{employee}")
}

impl DynamoSales {
    /// The new sale waits for its señal, if that is not too many.
    pub(super) fn reserve(
        &self,
        NewSale { sale, limits, .. }: &NewSale<'_>,
    ) -> Result<TransactWriteItem, StoreError> {
        let limits =
            [(":employee", number(limits.employee)), (":dealership", number(limits.dealership))];
        let few = "(attribute_not_exists(#all) OR size(#all) < :dealership) AND (attribute_not_exists(#own) OR size(#own) < :employee)";
        let (key, names, values) = unpaid(sale, limits);
        let part = self
            .update_part(key)
            .update_expression("ADD #all :sale, #own :sale")
            .condition_expression(few);
        let part = part
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values));
        update(part.return_values_on_condition_check_failure(FOUND))
    }
}

/// The item, the names of both sets, and the values of a change of them: the sale and these.
fn unpaid<const N: usize>(
    sale: &Sale,
    others: [(&str, AttributeValue); N],
) -> (Item, HashMap<String, String>, Item) {
    let names = [("#all", ALL.to_owned()), ("#own", own_set(&sale.registered_by))];
    let mut values = item(others);
    values.insert(":sale".to_owned(), set_of(sale.id.to_string()));
    let names = names.into_iter().map(|(alias, name)| (alias.to_owned(), name)).collect();
    (key(dealership_pk(&sale.dealership), UNPAID), names, values)
}

/// Whose are too many, by what was found.
pub(super) fn too_many(new: &NewSale<'_>, found: Option<&Item>) -> TooManyUnpaid {
    let own = found.and_then(|item| item.get(&own_set(&new.sale.registered_by)));
    match own {
        Some(AttributeValue::Ss(own)) if own.len() >= usize::from(new.limits.employee) => {
            TooManyUnpaid::Employee
        }
        _ => TooManyUnpaid::Dealership,
    }
}

impl UnpaidReservations for DynamoSales {
    async fn release(&self, sale: &Sale) -> Result<(), StoreError> {
        let (key, names, values) = unpaid(sale, []);
        let update = self.update_item(key).update_expression("DELETE #all :sale, #own :sale");
        let update = update
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values));
        update.send().await.map(drop).map_err(|error| WriteError::from(error).into())
    }
}
