"""Points to the polygons they lie in: our loop over sorted points, beside geopandas.sjoin.

Made-up wards with wriggling outlines tile a square; points fall on it at random. Both sides get the
same arrays, run in this process, and must give the same answer. Where geopandas is not installed, which
nothing else here needs, shapely's STRtree over the points takes its place: asked by each polygon, it was
the fastest way with point objects that was found. Making the point objects is told apart.

    python benchmarks/points.py [--points 5_000_000] [--polygons 700]
"""

from __future__ import annotations

import argparse
import time
from importlib.util import find_spec

import numpy as np
import shapely

from commonweal.sources.link.point import locate
from commonweal.sources.query import ByPoint

SEED = 2026
#: each straight edge is bent this many times over, so that 2 ** BENDS pieces take its place
BENDS = 6


def wards(count: int) -> np.ndarray:
    """Polygons that tile the unit square, with outlines as crooked as real ones."""
    seeds = np.random.default_rng(SEED).random((count, 2))
    cells = shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=shapely.box(0, 0, 1, 1))
    lines = shapely.get_parts(shapely.node(shapely.union_all(shapely.boundary(shapely.get_parts(cells)))))
    edges = [_crooked(shapely.get_coordinates(line)) for line in lines]
    tiles = shapely.polygonize([shapely.linestrings(edge) for edge in edges])
    return np.asarray(shapely.get_parts(tiles), dtype=object)


def _crooked(line: np.ndarray) -> np.ndarray:
    """Move the middle of each piece sideways, again and again; the same edge always bends alike."""
    for step in range(BENDS):
        start, end = line[:-1], line[1:]
        across = (end - start)[:, ::-1] * [1, -1]
        turn = np.sin(1e4 * (start + end).sum(axis=1) + step)[:, None] * 0.05
        middle = (start + end) / 2 + across * turn
        line = np.insert(line, range(1, len(line)), middle, axis=0)
    return line


def by_geopandas(polygons: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The first polygon of each point by geopandas.sjoin."""
    import geopandas

    areas = geopandas.GeoDataFrame(geometry=polygons)
    joined = geopandas.sjoin(geopandas.GeoDataFrame(geometry=points), areas, predicate="intersects")
    return first_of(joined.index.to_numpy(), joined["index_right"].to_numpy(), polygons, points)


def by_index(polygons: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The same by an index over the points."""
    polygon, point = shapely.STRtree(points).query(polygons, predicate="intersects")
    return first_of(point, polygon, polygons, points)


def first_of(point: np.ndarray, polygon: np.ndarray, polygons: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Of pairs, the first polygon of each point; none is -4."""
    found = np.full(len(points), len(polygons), dtype=np.int64)
    np.minimum.at(found, point, polygon)
    return np.where(found == len(polygons), -4, found)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--points", type=lambda n: int(n.replace("_", "")), default=5_000_000)
    arguments.add_argument("--polygons", type=int, default=700)
    given = arguments.parse_args()

    polygons = wards(given.polygons)
    shapely.prepare(polygons)
    x, y = np.random.default_rng(SEED + 1).random((2, given.points))
    link = ByPoint("x", "y", tuple(map(str, range(len(polygons)))), polygons, lambda x, y: (x, y))
    size = shapely.get_num_coordinates(polygons).sum()
    print(f"{given.points:,} points, {len(polygons)} polygons of {size:,} vertices")

    started = time.perf_counter()
    ours = locate(link, x, y)
    our_seconds = time.perf_counter() - started
    name, theirs = ("geopandas.sjoin", by_geopandas) if find_spec("geopandas") else ("index", by_index)
    started = time.perf_counter()
    points = shapely.points(x, y)
    making_seconds = time.perf_counter() - started
    started = time.perf_counter()
    their_answer = theirs(polygons, points)
    their_seconds = time.perf_counter() - started
    if not np.array_equal(ours, their_answer):
        raise SystemExit("the two sides disagree")
    print(
        f"ours {our_seconds:.2f} s, {name} {their_seconds:.2f} s, its points made in {making_seconds:.2f} s"
    )
    print(f"{name} takes {their_seconds / our_seconds:.1f} x as long, its points not counted; goal 4 x")


if __name__ == "__main__":
    main()
