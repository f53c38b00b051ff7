//! The time of a decision against the number of rules, on logarithmic axes.

use std::error::Error;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::contender::Start;
use crate::contestants::{CONTESTANTS, Kind};
use crate::figures::{Family, Findings};

const WIDTH: u32 = 1_000;
const HEIGHT: u32 = 680;
/// The names stand at the right of the axes.
const NAMES: u32 = 190;
/// A name takes so many pixels from the next.
const LINE: i32 = 17;
const FONT: &str = "sans-serif";

/// The names of one line and its points: rules and nanoseconds.
struct Series {
    name: &'static str,
    kind: Kind,
    points: Vec<(f64, f64)>,
}

/// Draws the first family from a struct.
pub fn draw(findings: &Findings, path: &Path) -> Result<(), Box<dyn Error>> {
    let series = series(findings);
    let area = SVGBackend::new(path, (WIDTH, HEIGHT)).into_drawing_area();
    area.fill(&WHITE)?;
    let times = || series.iter().flat_map(|series| &series.points).map(|(_, time)| *time);
    let (least, most) = (times().fold(f64::MAX, f64::min), times().fold(0.0, f64::max));
    let (bottom, top) = (10f64.powf(least.log10().floor()), 10f64.powf(most.log10().ceil()));
    let mut chart = ChartBuilder::on(&area)
        .caption("Time of a decision, first family, from a struct, replayed", (FONT, 22))
        .margin(14)
        .margin_right(NAMES)
        .x_label_area_size(48)
        .y_label_area_size(76)
        .build_cartesian_2d((10f64..100_000f64).log_scale(), (bottom..top).log_scale())?;
    chart
        .configure_mesh()
        .light_line_style(RGBColor(240, 240, 240))
        .bold_line_style(RGBColor(215, 215, 215))
        .label_style((FONT, 15))
        .axis_desc_style((FONT, 16))
        .x_desc("rules in the policy")
        .y_desc("CPU time of a decision")
        .x_label_formatter(&|rules| crate::table::whole(rules.round() as usize))
        .y_label_formatter(&|time| crate::table::time(*time).replace(".0", ""))
        .draw()?;
    let mut ends = Vec::new();
    for (at, line) in series.iter().enumerate() {
        let before = series[..at].iter().filter(|other| other.kind == line.kind).count();
        let colour = colour(line.kind, before);
        let style =
            ShapeStyle { color: colour.into(), filled: true, stroke_width: width(line.kind) };
        chart.draw_series(LineSeries::new(line.points.iter().copied(), style))?;
        chart.draw_series(line.points.iter().map(|&point| Circle::new(point, 3, style)))?;
        if let Some(&last) = line.points.last() {
            ends.push((chart.backend_coord(&last), line.name, colour));
        }
    }
    names(&area, ends)?;
    area.present()?;
    Ok(())
}

/// Writes each name beside the end of its line, without two on one another.
fn names(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    mut ends: Vec<((i32, i32), &'static str, RGBColor)>,
) -> Result<(), Box<dyn Error>> {
    ends.sort_by_key(|((_, y), ..)| *y);
    // The longest lines end at the axes, and a way from their points to their names is needed, too.
    let left = (WIDTH - NAMES) as i32 + 12;
    let mut places: Vec<i32> = Vec::new();
    for ((_, y), ..) in &ends {
        let free = places.last().map_or(*y, |before| (before + LINE).max(*y));
        places.push(free);
    }
    // What was pushed beyond the axes goes up again.
    let mut limit = HEIGHT as i32 - 60;
    for place in places.iter_mut().rev() {
        *place = (*place).min(limit);
        limit = *place - LINE;
    }
    for (((x, y), name, colour), place) in ends.into_iter().zip(places) {
        let leader = vec![(x + 5, y), (left, place), (left + 8, place)];
        area.draw(&PathElement::new(leader, colour.mix(0.45)))?;
        let style = (FONT, 15).into_font().color(&colour).pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(name.replace('`', ""), (left + 12, place), style))?;
    }
    Ok(())
}

fn series(findings: &Findings) -> Vec<Series> {
    let line = |name, kind| {
        let points = findings.sizes(Family::First).into_iter().filter_map(|rules| {
            let measured = findings.find(Family::First, rules, name, Start::Struct)?;
            Some((rules as f64, measured.replayed))
        });
        Series { name, kind, points: points.collect() }
    };
    let all = CONTESTANTS.iter().map(|contestant| line(contestant.name, contestant.kind));
    all.filter(|series| series.points.len() > 1).collect()
}

fn width(kind: Kind) -> u32 {
    if kind == Kind::Ours { 4 } else { 2 }
}

/// Redress in one colour that nobody else has, what is written by hand in greys, the others told apart; `at` counts
/// those of a kind.
fn colour(kind: Kind, at: usize) -> RGBColor {
    const BY_HAND: [RGBColor; 2] = [RGBColor(60, 60, 60), RGBColor(150, 150, 150)];
    const PEERS: [RGBColor; 12] = [
        RGBColor(31, 119, 180),
        RGBColor(44, 160, 60),
        RGBColor(148, 103, 189),
        RGBColor(140, 86, 75),
        RGBColor(225, 105, 195),
        RGBColor(20, 170, 190),
        RGBColor(170, 160, 20),
        RGBColor(60, 70, 200),
        RGBColor(255, 127, 14),
        RGBColor(20, 95, 50),
        RGBColor(100, 20, 110),
        RGBColor(90, 130, 150),
    ];
    match kind {
        Kind::Ours => RGBColor(200, 20, 40),
        Kind::ByHand => BY_HAND[at % BY_HAND.len()],
        Kind::Peer => PEERS[at % PEERS.len()],
    }
}
