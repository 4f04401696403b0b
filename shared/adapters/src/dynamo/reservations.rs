//! The sales of a dealership that wait for their señal: one item, a set of their ids, and a set of each employee's. A set, not
//! a count: who adds or takes away twice has done it once.

use super::client::{AttributeValue, Part, Request};
use super::{DynamoSales, Item, UNPAID, dealership_pk, item, key, number};
use domain::ports::{NewSale, StoreFault, TooManyUnpaid, UnpaidReservations};
use domain::{EmployeeId, Sale};

/// The set of all of them.
const ALL: &str = "sales";

/// The set of an employee's.
fn set_of(employee: &EmployeeId) -> String {
    format!("of#{employee}")
}

impl DynamoSales {
    /// The new sale waits for its señal, if that is not too many.
    pub(super) fn reserve(&self, NewSale { sale, limits, .. }: &NewSale<'_>) -> Part<'_> {
        let limits = item([(":employee", number(limits.employee)), (":dealership", number(limits.dealership))]);
        let few =
            "(attribute_not_exists(#all) OR size(#all) < :dealership) AND (attribute_not_exists(#own) OR size(#own) < :employee)";
        Part::Update(self.unpaid(sale, "ADD #all :sale, #own :sale", limits).condition(few).return_found())
    }

    fn unpaid(&self, sale: &Sale, change: &'static str, values: Item) -> Request<'_> {
        let mut values = values;
        values.insert(":sale".to_owned(), AttributeValue::Strings(vec![sale.id.to_string()]));
        let update = self.at(key(dealership_pk(&sale.dealership), UNPAID)).update(change).values(values);
        update.name("all", ALL.to_owned()).name("own", set_of(&sale.registered_by))
    }
}

/// Whose are too many, by what was found.
pub(super) fn too_many(new: &NewSale<'_>, found: Option<&Item>) -> TooManyUnpaid {
    let own = found.and_then(|item| item.get(&set_of(&new.sale.registered_by)));
    match own {
        Some(AttributeValue::Strings(own)) if own.len() >= usize::from(new.limits.employee) => TooManyUnpaid::Employee,
        _ => TooManyUnpaid::Dealership,
    }
}

impl UnpaidReservations for DynamoSales {
    async fn release(&self, sale: &Sale) -> Result<(), StoreFault> {
        let update = self.unpaid(sale, "DELETE #all :sale, #own :sale", Item::new());
        self.update_item(update).await.map_err(|fault| fault.unavailable("UpdateItem"))
    }
}
