//! A square code that a phone's camera reads.

use qrcode::QrCode;
use qrcode::render::svg;

/// The address as SVG; `None` where it is longer than a code can be.
pub(crate) fn svg(address: &str) -> Option<String> {
    let code = QrCode::new(address).ok()?;
    let image = code.render::<svg::Color<'_>>().min_dimensions(220, 220).build();
    // The declaration of a file of its own has no place in a page.
    image.split_once("?>").map(|(_, image)| image.to_owned())
}
