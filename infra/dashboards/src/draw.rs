//! A dashboard as one picture.

use crate::definition::{Dashboard, Widget};
use crate::figures::{Drawn, Figures, SLICES};
use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;
use std::path::Path;

/// A chart's size.
const SIZE: (u32, u32) = (620, 320);
/// How much wider a chart is than its lines, so that their names cover none.
const NAMES: f64 = 1.5;
const LETTERS: (&str, u32) = ("sans-serif", 15);

/// The colour of a chart's line.
fn colour(place: usize) -> RGBColor {
    const COLOURS: [RGBColor; 14] = [
        RGBColor(31, 119, 180),
        RGBColor(255, 127, 14),
        RGBColor(44, 160, 44),
        RGBColor(214, 39, 40),
        RGBColor(148, 103, 189),
        RGBColor(140, 86, 75),
        RGBColor(227, 119, 194),
        RGBColor(90, 90, 90),
        RGBColor(23, 190, 207),
        RGBColor(188, 189, 34),
        RGBColor(174, 199, 232),
        RGBColor(255, 187, 120),
        RGBColor(152, 223, 138),
        RGBColor(255, 152, 150),
    ];
    COLOURS.get(place % COLOURS.len()).copied().unwrap_or(BLACK)
}

/// Draws a dashboard into a file, two charts beside each other; answers the titles of those that
/// have nothing to show.
pub(crate) fn draw(dashboard: &Dashboard, figures: &Figures, file: &Path) -> Result<Vec<String>> {
    let rows = dashboard.widgets.len().div_ceil(2);
    let height = SIZE.1.saturating_mul(u32::try_from(rows)?);
    let root = SVGBackend::new(file, (SIZE.0 * 2, height)).into_drawing_area();
    let (said, mut empty) = (|fault| anyhow!("{fault}"), Vec::new());
    root.fill(&WHITE).map_err(|fault| anyhow!("{fault}"))?;
    for (area, widget) in root.split_evenly((rows, 2)).iter().zip(&dashboard.widgets) {
        let lines: Vec<Drawn> = widget.lines.iter().flat_map(|line| figures.of(line)).collect();
        if lines.is_empty() {
            empty.push(format!("{} ({})", widget.title, dashboard.name));
        }
        chart(area, widget, &lines, figures.seconds()).map_err(said)?;
    }
    root.present().map_err(|fault| anyhow!("{fault}"))?;
    drop(root);
    // Read by people and git alike: a line has its end.
    let text = std::fs::read_to_string(file)?;
    std::fs::write(file, text.trim_end().to_owned() + "\n")?;
    Ok(empty)
}

type Failure<'a> = Box<dyn std::error::Error + 'a>;

/// What a slice of a stacked chart comes to below this line.
fn below(lines: &[Drawn], line: usize, slice: usize) -> f64 {
    let lower = lines.iter().take(line);
    lower.filter_map(|(_, values)| values.get(slice).copied().flatten()).sum()
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "thirty slices")]
fn chart<'a>(
    area: &DrawingArea<SVGBackend<'a>, Shift>,
    widget: &Widget,
    lines: &[Drawn],
    seconds: f64,
) -> Result<(), Failure<'a>> {
    let wide = seconds / SLICES as f64;
    let top = (0..SLICES).map(|slice| {
        let single = lines.iter().filter_map(|(_, values)| values.get(slice).copied().flatten());
        if widget.is_stacked {
            below(lines, lines.len(), slice)
        } else {
            single.fold(0.0, f64::max)
        }
    });
    let top = top.fold(4.0, f64::max) * 1.15;
    let mut chart = ChartBuilder::on(area)
        .caption(&widget.title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(34)
        .y_label_area_size(52)
        .build_cartesian_2d(0.0..seconds * NAMES, 0.0..top)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .disable_x_mesh()
        .label_style(LETTERS)
        .x_desc("seconds of the run")
        .x_label_formatter(&|second| {
            if *second > seconds { String::new() } else { format!("{second:.0}") }
        })
        .y_label_formatter(&|value| format!("{value:.0}"))
        .draw()?;
    for (place, (name, values)) in lines.iter().enumerate() {
        let colour = colour(place);
        let values = values.iter().enumerate();
        let points = values.filter_map(|(slice, value)| Some((slice, (*value)?)));
        let legend = move |(x, y)| Rectangle::new([(x, y - 5), (x + 12, y + 5)], colour.filled());
        if widget.is_stacked {
            let bars = points.map(|(slice, value)| {
                let (from, base) = (slice as f64 * wide, below(lines, place, slice));
                Rectangle::new([(from, base), (from + wide * 0.9, base + value)], colour.filled())
            });
            chart.draw_series(bars)?.label(name).legend(legend);
        } else {
            let points = points.map(|(slice, value)| ((slice as f64 + 0.5) * wide, value));
            let line = LineSeries::new(points, colour.stroke_width(2));
            chart.draw_series(line)?.label(name).legend(legend);
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.8))
        .border_style(RGBColor(200, 200, 200))
        .label_font(("sans-serif", 13))
        .draw()?;
    Ok(())
}
