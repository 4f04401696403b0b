//! The vehicle's own record: which sale holds it. At most one live sale holds a vehicle, because each change is
//! conditional on the holder and commits with the sale's.

use crate::{Plate, Vin};
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
}

impl VehicleStatus {
    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asignado => "Asignado",
            Self::SinAsignar => "SinAsignar",
            Self::Matriculado => "Matriculado",
        }
    }
}

/// A change of the vehicle's record that commits in one transaction with its sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VehicleChange {
    /// The sale takes it: only if no other sale holds it.
    Assign {
        /// Which.
        vehicle: Vin,
    },
    /// The sale lost it: only if this sale holds it.
    Release {
        /// Which.
        vehicle: Vin,
    },
    /// The authority registered it: only if this sale holds it.
    Register {
        /// Which.
        vehicle: Vin,
        /// Its plate.
        plate: Plate,
    },
}

impl VehicleChange {
    /// Which vehicle.
    pub fn vehicle(&self) -> &Vin {
        match self {
            Self::Assign { vehicle } | Self::Release { vehicle } | Self::Register { vehicle, .. } => vehicle,
        }
    }
}
