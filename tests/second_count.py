"""What may be said of suggestions, counted again from the survey's rows: plain Python, none of ``geo.joint``."""

import math
import re
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from geo.survey import Survey

COLUMN = {"building": "building", "market": "market", "zone": "zone", "street": "street", "village": "village_code",
          "town": "town_code"}  # fmt: skip
TOGETHER = ("building", "market", "zone", "village")
PRECISE = ("building", "number", "market")
EARTH_M = 6_371_008.8
Row = dict[str, Any]


def said_figures(template: str, sentence: str) -> dict[str, str] | None:
    """Return what a sentence says for each name of its template; None if it is not of that template."""
    parts = re.split(r"\{(\w+)\}", template)
    known: set[str] = set()
    pattern = ""
    for at, part in enumerate(parts):
        if at % 2 == 0:
            pattern += re.escape(part)
        else:
            pattern += f"(?P={part})" if part in known else f"(?P<{part}>.*?)"
            known.add(part)
    found = re.fullmatch(pattern, sentence, re.DOTALL)
    return found.groupdict() if found else None


class SecondCount:
    """The rows of one survey, and what they say of each suggestion."""

    def __init__(self, survey: Survey) -> None:
        self.survey, self.options = survey, survey.joint
        table = survey.firms.astype("object")
        self.rows: dict[str, Row] = table.where(table.notna(), None).to_dict("index")
        self.groups: dict[str, Row] = survey.groups.astype("object").to_dict("index")
        self.members: dict[str, list[str]] = {}
        for key, row in self.rows.items():
            if row["group_id"] is not None:
                self.members.setdefault(row["group_id"], []).append(key)
        unions = survey.unions.astype("object")
        self.unions: dict[str, Row] = unions.where(unions.notna(), None).to_dict("index")
        self.along = self._chainages()
        self.candidates = [
            key for key, row in self.rows.items()
            if row["gap"] and row["size_class"] in ("under_25", "unknown")
            and row["path"] not in ("own_must", "own_promote") and not str(row["group_id"]).startswith("case:")
        ]  # fmt: skip
        self.county = self._agreed("county_code", lambda row: row["building"] or row["market"], self.candidates)
        self.town = self._agreed("town_code", lambda row: row["street"], self.candidates)
        each = self.options.workers_if_unknown
        self.live = [key for key in self.candidates if each or self.rows[key]["workers"] is not None]
        self.east = math.cos(math.radians(round(float(survey.firms["lat"].median()))))

    # --- single firms ---

    def workers(self, key: str) -> int:
        known = self.rows[key]["workers"]
        return self.options.workers_if_unknown if known is None else int(known)

    def unit(self, key: str) -> str:
        row = self.rows[key]
        return str(row["org_code"] or (row["uscc"][8:17] if row["uscc"] else key))

    def place(self, kind: str, key: str) -> Any:
        return self.rows[key][COLUMN[kind]]

    def where(self, kind: str, key: str) -> tuple[Any, ...]:
        """The jurisdiction of a firm for a kind of union."""
        narrow = (self.county.get(key), self.town.get(key)) if kind == "street" else (self.county.get(key),)
        return (self.rows[key]["town_code"],) if kind == "community" else narrow

    def placed(self, key: str) -> bool:
        row = self.rows[key]
        precise = row["level"] in PRECISE and (row["radius_m"] or 0) <= self.options.street_radius_m
        return precise and row["lon"] is not None and row["town_code"] is not None

    def metres(self, key: str, seat: str) -> float:
        """Great-circle metres from a firm to an address given by its degrees."""
        lon, lat = (math.radians(float(part)) for part in seat.split(","))
        east, north = math.radians(round(self.rows[key]["lon"], 5)), math.radians(round(self.rows[key]["lat"], 5))
        h = math.sin((north - lat) / 2) ** 2 + math.cos(lat) * math.cos(north) * math.sin((east - lon) / 2) ** 2
        return 2 * EARTH_M * math.asin(math.sqrt(h))

    def grid(self, lon: float, lat: float) -> tuple[int, int]:
        """Whole metres east and north, by the city's middle latitude, as unions around addresses are measured."""
        return (
            round(math.radians(round(lon, 5)) * self.east * EARTH_M), round(math.radians(round(lat, 5)) * EARTH_M)
        )  # fmt: skip

    def away(self, key: str, seat: str) -> float:
        """Metres on that grid from a firm to an address."""
        lon, lat = (float(part) for part in seat.split(","))
        return math.dist(self.grid(self.rows[key]["lon"], self.rows[key]["lat"]), self.grid(lon, lat))

    def _agreed(self, column: str, place: Any, keys: list[str]) -> dict[str, Any]:
        """A column of the candidates, filled where all others of the same place say one thing."""
        told: dict[Any, set[Any]] = {}
        for key in keys:
            where = place(self.rows[key])
            if where is not None and self.rows[key][column] is not None:
                told.setdefault(where, set()).add(self.rows[key][column])
        found = {}
        for key in keys:
            row, only = self.rows[key], told.get(place(self.rows[key]), set())
            found[key] = row[column] if row[column] is not None else next(iter(only)) if len(only) == 1 else None
        return found

    def _chainages(self) -> dict[str, float]:
        """Metres along its street of each firm that has a place on it."""
        on: dict[str, list[str]] = {}
        for key, row in self.rows.items():
            if row["street"] is not None:
                on.setdefault(row["street"], []).append(key)
        found: dict[str, float] = {}
        self.numbered: set[str] = set()
        for street, keys in on.items():
            fixed = [
                key for key in keys if self.rows[key]["lon"] is not None
                and (self.rows[key]["radius_m"] or 0) <= self.options.street_radius_m
            ]  # fmt: skip
            if fixed:
                found |= self._measured(street, fixed)
            elif self.options.metres_per_number:
                self.numbered.add(street)
                numbers = {key: re.search(r"\d+", str(self.rows[key]["house_no"] or "")) for key in keys}
                found |= {k: int(hit[0]) * self.options.metres_per_number for k, hit in numbers.items() if hit}
        return found

    def _measured(self, street: str, keys: list[str]) -> dict[str, float]:
        degrees = np.array([[self.rows[key]["lon"], self.rows[key]["lat"]] for key in keys], dtype=float)
        line = self.survey.places["geometry"].get(street)
        drawn = isinstance(line, shapely.Geometry) and line.geom_type.endswith("LineString") and not line.is_empty
        origin = shapely.get_coordinates(line).mean(axis=0) if drawn else degrees.mean(axis=0)
        scale = np.radians([math.cos(math.radians(origin[1])), 1.0]) * EARTH_M
        points = (degrees - origin) * scale
        whole = shapely.line_merge(shapely.transform(line, lambda xy: (xy - origin) * scale)) if drawn else None
        if whole is not None and whole.geom_type == "LineString":
            at = [whole.project(shapely.Point(point)) for point in points]
        else:
            base = shapely.get_coordinates(whole) if whole is not None else points
            _u, _s, axes = np.linalg.svd(base - base.mean(axis=0), full_matrices=False)
            axis = axes[0] if axes[0][0] > 1e-12 or (abs(axes[0][0]) <= 1e-12 and axes[0][1] > 0) else -axes[0]
            at = (points @ axis - (base @ axis).min()).tolist()
        near = [whole is None or whole.distance(shapely.Point(p)) <= self.options.street_offset_m for p in points]
        return {key: metres for key, metres, good in zip(keys, at, near, strict=True) if good}

    # --- one group ---

    def facts(self, group: str) -> Row:
        """Counts of a group by the names that sentences use."""
        keys, kind, o = self.members[group], self.groups[group]["kind"], self.options
        rows = [self.rows[key] for key in keys]
        counts = sorted((self.workers(key) for key in keys), reverse=True)
        unknown = sum(row["workers"] is None for row in rows)
        at = sorted(self.along[key] for key in keys) if kind == "street" else []
        leave = [n for n in range(len(counts) + 1)
                 if sum(counts[n:]) >= o.min_workers and len(counts) - n >= o.min_firms]  # fmt: skip
        return {
            "firms": len(keys), "workers": sum(counts), "unknown": unknown, "each": o.workers_if_unknown,
            "units": len({self.unit(key) for key in keys}), "min_units": o.min_units,
            "min_workers": o.min_workers, "min_firms": o.min_firms, "largest": counts[0],
            "towns": sorted({row["town_code"] for row in rows} - {None}),
            "town_unknown": sum(row["town_code"] is None for row in rows),
            "counties": {row["county_code"] for row in rows} - {None},
            "widest_gap_m": max((b - a for a, b in pairwise(at)), default=0),
            "farthest_m": max(self.metres(key, self.groups[group]["place_id"]) for key in keys)
            if kind == "community" else 0,
            "may_leave": max(leave, default=0),
            "levels": Counter(row["level"] for row in rows),
            "counts": counts,
            "blocks": len({
                re.sub("(幢|座|栋|号楼|楼).*", "", row["unit"]).upper() for row in rows
                if re.match("([A-Za-z]|[0-9]{1,3}|[一二三四五六七八九十]{1,3})(幢|座|栋|号楼|楼)", row["unit"] or "")
            }),
        }  # fmt: skip

    def reasons(self, group: str) -> dict[str, Row]:
        """Reasons of a group with their figures, by code."""
        facts, row = self.facts(group), self.groups[group]
        kind, found = row["kind"], {}
        place = {"place": row["place_id"], "firms": facts["firms"]}
        if kind == "existing":
            union = self.unions[row["place_id"]]
            checked, reported = int(union["covered_firms"] or 0), union["covered_units"]
            most = self.most(union["place_id"])
            code = "existing_union_unreported" if reported is None else "existing_union"
            found[code] = {"checked": checked, "reported": reported, "spare": most - max(checked, int(reported or 0))}
            found["same_place"] = {**place, "place": union["place_id"]}
        elif kind == "street":
            found["along_street"] = facts
        elif kind == "community":
            found["around_address"] = facts
        else:
            found["same_place"] = place
        if len(facts["towns"]) == 1 and not facts["town_unknown"]:
            found["same_town"] = {"town": facts["towns"][0]}
        if kind != "existing":
            found["enough_estimated" if facts["unknown"] else "enough"] = facts
            found["law"] = facts
            found["may_leave"] = {"firms": facts["may_leave"]}
        beside = [key for key, other in self.groups.items() if kind in TOGETHER and not key.startswith("case:")
                  and key.rpartition("#")[0] == group.rpartition("#")[0]]  # fmt: skip
        if len(beside) > 1:
            found["part_of_place"] = {"parts": len(beside), "part": int(group.rpartition("#")[2])}
        return found

    def cautions(self, group: str) -> dict[str, Row]:
        """Cautions of a group with their figures, by code."""
        facts, kind = self.facts(group), self.groups[group]["kind"]
        vague = {"building": ("street", "market", "zone", "village", "town", "county", "none"),
                 "market": ("street", "zone", "village", "town", "county", "none"),
                 "zone": ("zone", "village", "town", "county", "none")}  # fmt: skip
        coarse = sum(facts["levels"][level] for level in vague.get(kind, ()))
        told: list[tuple[str, Any, Row]] = [
            ("workers_assumed", facts["unknown"], {"firms": facts["unknown"], "each": facts["each"]}),
            ("several_towns", len(facts["towns"]) > 1, facts),
            ("town_unknown", facts["town_unknown"], {"firms": facts["town_unknown"]}),
            ("county_unknown", not facts["counties"], facts),
            ("distance_from_numbers", kind == "street" and self.groups[group]["place_id"] in self.numbered,
             {"metres_per_number": self.options.metres_per_number}),
            ("coarse_places", coarse, {"firms": coarse}),
            ("several_blocks", kind == "building" and facts["blocks"] > 2, facts),
            ("advise_sections", facts["firms"] > self.options.advise_sections_above, facts),
            ("fragile", kind != "existing" and not facts["may_leave"], facts),
        ]  # fmt: skip
        return {code: figures for code, hit, figures in told if hit}

    def sturdy(self, group: str) -> dict[str, Row]:
        """How much a group withstands, by code."""
        facts, o = self.facts(group), self.options
        if self.groups[group]["kind"] == "existing":
            return {"joined": {}}
        counts, spare = facts["counts"], facts["workers"] - o.min_workers

        def enough(left: list[int], gone: int) -> bool:
            return sum(left) >= o.min_workers and facts["units"] - gone >= o.min_firms

        figures = {
            "any_firms": max((n for n in range(len(counts)) if enough(counts[n:], n)), default=0),
            "most_firms": max((n for n in range(len(counts)) if enough(counts[: len(counts) - n], n)), default=0),
            "critical": sum(not enough([*counts[:n], *counts[n + 1 :]], 1) for n in range(len(counts))),
            "workers": spare, "largest": counts[0], "least_firms": o.min_firms, "least_workers": o.min_workers,
        }  # fmt: skip
        return {"critical" if figures["critical"] else "any_firms": figures, "workers": figures}

    def most(self, place_id: str) -> int:
        """Firms that a union at a place, a village or a town may hold."""
        kind = place_id.partition(":")[0] if ":" in place_id else "town" if len(place_id) == 9 else "village"
        wide = kind in ("building", "market", "zone", "town")
        return self.options.max_firms_in_place if wide else self.options.max_firms

    # --- other ways ---

    def price(self, kind: str, key: str, metres: float) -> float:
        """What a firm is worth in a union of a kind, thousandths of a worker."""
        o = self.options
        spread = dict.fromkeys(("village", "community", "town"), o.penalty_community_milli)
        taken = {"street": o.penalty_street_milli, **spread}.get(kind, 0)
        reach = o.street_span_m / 2 if kind == "street" else o.reach_m
        return self.workers(key) * (1000 - taken - o.distance_milli * min(metres, reach) / reach)

    def founding(self, kind: str) -> int:
        """What a new union of a kind costs."""
        o = self.options
        costs = {"street": o.founding_street, "village": o.founding_community, "community": o.founding_community}
        return 1000 * (0 if kind == "existing" else costs.get(kind, o.founding_place))

    def union_value(self, kind: str, place: str, keys: list[str]) -> float:
        """Value of a union of firms at a place, its founding included."""
        if kind == "existing":
            return sum(self.price_at_union(key, place) for key in keys)
        if kind == "community":
            return sum(self.price(kind, key, self.away(key, place)) for key in keys) - self.founding(kind)
        if kind == "street":
            half = self.options.street_span_m / 2
            where = self.where("street", keys[0])
            spots = {
                round(self.along[key]) for key in self.candidates
                if key in self.along and self.rows[key]["street"] == place and self.where("street", key) == where
            }  # fmt: skip
            good = [s for s in spots if all(abs(round(self.along[key]) - s) <= half for key in keys)]
            return max(
                sum(self.price(kind, key, abs(round(self.along[key]) - spot)) for key in keys) for spot in good
            ) - self.founding(kind)
        return sum(self.price(kind, key, 0) for key in keys) - self.founding(kind)

    def price_at_union(self, key: str, union: str) -> float:
        """What a firm is worth in a union there is: along a street by its way to the middle of those it covers."""
        place = self.unions[union]["place_id"]
        kind = place.partition(":")[0] if ":" in place else "town" if len(place) == 9 else "village"
        metres = 0.0
        if kind == "street":
            held = [self.along[k] for k, row in self.rows.items()
                    if row["union_id"] == union and k in self.along and row["street"] == place]  # fmt: skip
            metres = abs(self.along[key] - (min(held) + max(held)) / 2)
        return self.price(kind, key, metres)

    def price_at_group(self, key: str, group: str) -> float:
        """What a firm is worth in another suggestion, which it may join."""
        row, keys = self.groups[group], self.members[group]
        kind = row["kind"]
        if kind == "community":
            metres = self.away(key, row["place_id"])
            assert metres <= self.options.reach_m and self.where(kind, key) == self.where(kind, keys[0])
            return self.price(kind, key, metres)
        assert self.place(kind, key) == row["place_id"] and self.where(kind, key) == self.where(kind, keys[0])
        if kind != "street":
            return self.price(kind, key, 0)
        at = sorted(self.along[each] for each in keys)
        assert min(abs(self.along[key] - a) for a in at) <= self.options.street_gap_m + 1
        return self.price(kind, key, abs(self.along[key] - at[len(at) // 2]))

    def way(self, group: str, kind: str, place: str | None, placed: dict[str, str]) -> Row:
        """Figures of another way for a group's firms, from the seat that each firm would have."""
        mine = self.members[group]
        union = sorted(key for key, seat in placed.items() if seat == "new")
        there, more = [key for key in union if key in mine], [key for key in union if key not in mine]
        assert all(self.rows[key]["group_id"] is None and key in self.candidates for key in more)
        away = {key: seat for key, seat in placed.items() if seat != "new"}
        assert set(away) <= set(mine)
        out = [key for key in mine if key not in placed]
        value = sum(
            self.price_at_union(key, seat) if seat in self.unions else self.price_at_group(key, seat)
            for key, seat in away.items()
        )  # fmt: skip
        if union:
            assert place is not None
            seat = "{lon},{lat}".format_map(self.rows[place]) if kind == "community" else place
            assert self._may_sit(kind, seat, union)
            value += self.union_value(kind, seat, union)
        now = self.union_value(self.groups[group]["kind"], self.groups[group]["place_id"], mine)
        return {
            "there": len(there), "more": len(more), "elsewhere": len(away), "outside": len(out), "place": place,
            "outside_workers": sum(map(self.workers, out)), "loss": (now - value) / 1000,
            "reach": self.options.reach_m,
        }  # fmt: skip

    def _may_sit(self, kind: str, place: str, keys: list[str]) -> bool:
        o = self.options
        units, workers = len({self.unit(key) for key in keys}), sum(map(self.workers, keys))
        same = {self.where(kind, key) for key in keys}
        here = kind == "community" or all(self.place(kind, key) == place for key in keys)
        if kind == "street":
            at = sorted(self.along[key] for key in keys)
            here &= at[-1] - at[0] <= o.street_span_m + 1 and all(b - a <= o.street_gap_m + 1 for a, b in pairwise(at))
        if kind == "community":
            here &= all(self.away(key, place) <= o.reach_m for key in keys)
        return here and len(same) == 1 and units >= o.min_firms and workers >= o.min_workers

    # --- who is left over ---

    def left(self, key: str) -> list[tuple[str, Row]]:
        """Each code that the rows bear out for a firm left over, with the figures of every seat that it may rest on."""
        o = self.options
        row = self.rows[key]
        if self.rows[key]["workers"] is None and not o.workers_if_unknown:
            return [("R6", {})]
        seats = self._seats(key, borders=True)
        if not seats:
            return [("R4", {"level": row["level"]})]
        full = [("R5", {"union": union, "held": held, "most": most}) for union, held, most in self._full(key)]
        if full:
            return full
        least = {"least_firms": o.min_firms, "least_workers": o.min_workers, "seats": len(seats), "gap": o.street_gap_m,
                 "half": o.street_span_m // 2, "reach": o.reach_m}  # fmt: skip
        told = [(kind, place, self._sums(keys) | least | {"place": place}) for kind, place, keys in seats]
        enough = [each for each in told if each[2]["enough"]]
        ending = {"street": "_street", "community": "_around"}
        if enough:
            return [("R2" + ending.get(kind, ""), figures) for kind, _place, figures in told]
        wide = [self._sums(keys) for _kind, _place, keys in self._seats(key, borders=False)]
        across = [sums for sums in wide if sums["enough"]]
        if across:
            most = [{"across_firms": sums["firms"], "across_workers": sums["workers"]} for sums in across]
            return [("R3", figures | each) for _kind, _place, figures in told for each in most]
        most_workers = max(figures["workers"] for _kind, _place, figures in told)
        best = [each for each in told if each[2]["workers"] == most_workers]
        units = [("R1_units", figures) for _k, _p, figures in best
                 if figures["workers"] >= o.min_workers and figures["firms"] >= o.min_firms]  # fmt: skip
        return units + [("R1" + ending.get(kind, ""), figures) for kind, _place, figures in best]

    def _sums(self, keys: list[str]) -> Row:
        left = [key for key in keys if self.rows[key]["group_id"] is None]
        workers, units = sum(map(self.workers, keys)), len({self.unit(key) for key in keys})
        return {
            "firms": len(keys), "workers": workers, "units": units, "grouped": len(keys) - len(left),
            "left_workers": sum(map(self.workers, left)), "left_units": len({self.unit(key) for key in left}),
            "enough": workers >= self.options.min_workers and units >= self.options.min_firms,
        }  # fmt: skip

    def _seats(self, key: str, *, borders: bool) -> list[tuple[str, Any, list[str]]]:
        """Every seat that a firm may use: kind, place (of an address all firms there), all who could sit there."""
        o, found = self.options, list[tuple[str, Any, list[str]]]()
        for kind in TOGETHER:
            place = self.place(kind, key)
            if place is not None:
                found.append((kind, place, [
                    k for k in self.live
                    if self.place(kind, k) == place and (not borders or self.where(kind, k) == self.where(kind, key))
                ]))  # fmt: skip
        if key in self.along and self.rows[key]["street"] is not None:
            found += self._along_street(key, borders=borders)
        if o.reach_m and self.placed(key):
            near = [k for k in self.live if self.placed(k)
                    and (not borders or self.rows[k]["town_code"] == self.rows[key]["town_code"])]  # fmt: skip
            at = {k: self.grid(self.rows[k]["lon"], self.rows[k]["lat"]) for k in near}
            for spot in {place for place in at.values() if math.dist(place, at[key]) <= o.reach_m}:
                here = tuple(k for k in near if at[k] == spot)
                found.append(("community", here, [k for k in near if math.dist(at[k], spot) <= o.reach_m]))
        return found

    def _along_street(self, key: str, *, borders: bool) -> list[tuple[str, str, list[str]]]:
        o, street, found = self.options, self.rows[key]["street"], []
        at = {
            k: round(self.along[k]) for k in self.live
            if k in self.along and self.rows[k]["street"] == street
            and (not borders or self.where("street", k) == self.where("street", key))
        }  # fmt: skip
        breaks = [b for a, b in pairwise(sorted(at.values())) if b - a > o.street_gap_m]
        run = {k: sum(b <= metres for b in breaks) for k, metres in at.items()}
        for spot in {metres for k, metres in at.items() if run[k] == run[key]}:
            there = [k for k in at if run[k] == run[key] and abs(at[k] - spot) <= o.street_span_m // 2]
            found += [("street", street, there)] if key in there else []
        return found

    def _full(self, key: str) -> list[tuple[str, int, int]]:
        """Existing unions that could take a firm in if they had room."""
        found = []
        for union, row in self.unions.items():
            place = row["place_id"]
            if place is None or not row["in_force"]:
                continue
            kind = place.partition(":")[0] if ":" in place else "town" if len(place) == 9 else "village"
            joining = sum(len(keys) for group, keys in self.members.items()
                          if group in self.groups and self.groups[group]["place_id"] == union)  # fmt: skip
            held = max(int(row["covered_units"] or 0), int(row["covered_firms"] or 0)) + joining
            near = self.place(kind, key) == place and row["county_code"] in (None, self.county.get(key))
            if near and kind == "street":
                ends = [self.along[k] for k, r in self.rows.items()
                        if r["union_id"] == union and k in self.along and r["street"] == place]  # fmt: skip
                near = bool(ends) and key in self.along and row["town_code"] == self.town.get(key)
                near = near and max(*ends, self.along[key]) - min(*ends, self.along[key]) <= self.options.street_span_m
            if near and held >= self.most(place):
                found.append((union, held, self.most(place)))
        return found
