//! The vehicle's own record: which sale holds it. At most one live sale holds a vehicle, because
//! each change is conditional on the holder and commits with the sale's.

use crate::{BasePlatform, OptionCode, Plan, Plate, SaleId, Vin};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether somebody holds the vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum VehicleStatus {
    /// A sale holds it.
    Asignado,
    /// Stock of its dealership, for sale to anybody.
    SinAsignar,
    /// Registered with the authorities, for the sale that holds it.
    Matriculado,
    /// The factory gave another in its place: nobody's here any more.
    Sustituido,
}

impl VehicleStatus {
    /// Every status, in the order of a vehicle's life.
    pub const ALL: [Self; 4] =
        [Self::Asignado, Self::SinAsignar, Self::Matriculado, Self::Sustituido];

    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asignado => "Asignado",
            Self::SinAsignar => "SinAsignar",
            Self::Matriculado => "Matriculado",
            Self::Sustituido => "Sustituido",
        }
    }
}

/// A change of the vehicle's record that commits in one transaction with its sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VehicleChange {
    /// The sale takes it: only if no other sale holds it.
    Assign {
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
    },
    /// The sale lost it, and it is its dealership's stock, as the plan that was captured says: only
    /// if this sale holds it.
    Release {
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
        /// Since when it is stock.
        since: Timestamp,
    },
    /// The sale takes it in the place of the one that it holds: only if no other sale holds the
    /// first, and this one the second.
    Replace {
        /// The VIN of the vehicle that is there.
        vehicle: Vin,
        /// The VIN of the one that isn't.
        gone: Vin,
    },
    /// The authority registered it: only if this sale holds it.
    Register {
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
        /// The plate that the authority gave it.
        plate: Plate,
    },
}

impl VehicleChange {
    /// The vehicle that the change is about, whatever it is.
    pub fn vehicle(&self) -> &Vin {
        match self {
            Self::Assign { vehicle }
            | Self::Release { vehicle, .. }
            | Self::Replace { vehicle, .. }
            | Self::Register { vehicle, .. } => vehicle,
        }
    }
}

/// A vehicle that is sin asignar: stock of its dealership. Nothing of who had it before is in here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockVehicle {
    /// The vehicle's identification number (VIN).
    pub vehicle: Vin,
    /// What it is, and under which plan it was built.
    pub plan: Plan,
    /// Since when it is stock.
    pub since: Timestamp,
}

/// A place in the stock's order, from which a list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockPlace {
    /// The platform, by which the stock is ordered first.
    pub platform: BasePlatform,
    /// Since when the vehicle there is, or was, stock.
    pub since: Timestamp,
    /// Tells two vehicles of one platform and moment apart.
    pub vehicle: Vin,
}

impl StockPlace {
    /// Parses what [`std::fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let platform = BasePlatform::parse(parts.next()?).ok()?;
        let since = Timestamp::from_millisecond(parts.next()?.parse().ok()?).ok()?;
        Some(Self { platform, since, vehicle: Vin::parse(parts.next()?).ok()? })
    }
}

impl std::fmt::Display for StockPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.platform.as_str(), self.since.as_millisecond(), self.vehicle)
    }
}

impl StockVehicle {
    /// Where it is in the stock's order.
    pub fn place(&self) -> StockPlace {
        let (platform, vehicle) = (self.plan.base_platform.clone(), self.vehicle.clone());
        StockPlace { platform, since: self.since, vehicle }
    }

    /// Whether the vehicle has each of these options.
    pub fn has(&self, options: &[OptionCode]) -> bool {
        options.iter().all(|option| self.plan.options.contains(option))
    }
}

/// Why a sale can't take a stock vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotInStock {
    /// The dealership has no such vehicle.
    #[error("the dealership has no such vehicle")]
    Unknown,
    /// A sale holds it.
    #[error("the vehicle is held by another sale")]
    Held,
    /// The plan's platform and options are not the vehicle's.
    #[error("the vehicle has another platform or other options than the plan that is sold")]
    OtherBuild,
}

/// What a vehicle's own record tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VehicleRecord {
    /// The vehicle's identification number (VIN).
    pub vehicle: Vin,
    /// Whether a sale holds it, and is registered for it.
    pub status: VehicleStatus,
    /// Its plate, once it has one.
    pub plate: Option<Plate>,
    /// The sales that held it, oldest first.
    pub sales: Vec<SaleId>,
}

/// What a vehicle is, so that two that are the same have the same text: the platform, then the
/// options in their order.
pub fn build(plan: &Plan) -> String {
    let mut options: Vec<&str> = plan.options.iter().map(OptionCode::as_str).collect();
    options.sort_unstable();
    std::iter::once(plan.base_platform.as_str()).chain(options).collect::<Vec<_>>().join("+")
}
