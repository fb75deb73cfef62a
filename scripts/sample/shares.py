"""Shares that make the invented firms look like a real city's: measured, or chosen and said so."""

COUNTY = {
    "320613": 0.385, "320612": 0.135, "320681": 0.115, "320682": 0.110, "320623": 0.095, "320685": 0.088,
    "320614": 0.072,
}  # fmt: skip
"""Firms by county: registering authorities of 5,010 register rows (today's counties)."""

FINEST = ("building", "other", "road", "road_number", "town", "village", "village_group", "zone")
FINEST_BY_COUNTY = {
    "320613": (0.180, 0.020, 0.035, 0.530, 0.007, 0.040, 0.170, 0.030),
    "320612": (0.059, 0.005, 0.079, 0.198, 0.038, 0.182, 0.304, 0.135),
    "320614": (0.072, 0.021, 0.084, 0.433, 0.134, 0.069, 0.128, 0.060),
    "320623": (0.033, 0.009, 0.123, 0.328, 0.030, 0.195, 0.207, 0.074),
    "320681": (0.067, 0.023, 0.056, 0.373, 0.212, 0.135, 0.075, 0.060),
    "320682": (0.057, 0.002, 0.024, 0.388, 0.022, 0.039, 0.457, 0.012),
    "320685": (0.024, 0.004, 0.036, 0.496, 0.010, 0.010, 0.333, 0.090),
}
"""The finest thing an address names, by county: the same 5,010 rows."""

SECTORS = (
    ("01", "农、林、牧、渔业"), ("02", "采矿业"), ("03", "制造业"), ("04", "电力、热力、燃气及水生产和供应业"),
    ("05", "建筑业"), ("06", "批发和零售业"), ("07", "交通运输、仓储和邮政业"), ("08", "住宿和餐饮业"),
    ("09", "信息传输、软件和信息技术服务业"), ("10", "金融业"), ("11", "房地产业"), ("12", "租赁和商务服务业"),
    ("13", "科学研究和技术服务业"), ("14", "水利、环境和公共设施管理业"), ("15", "居民服务、修理和其他服务业"),
    ("16", "教育"), ("17", "卫生和社会工作"), ("18", "文化、体育和娱乐业"),
)  # fmt: skip
"""The classes of GB/T 4754 that firms are of, numbered in their order."""

EMPLOYMENT = {  # per mille of the employed, in the order of SECTORS; agriculture cut to what works in firms (a tenth)
    "320613": (0, 0, 257, 12, 95, 187, 58, 46, 29, 28, 36, 52, 22, 9, 34, 50, 29, 10),
    "320612": (11, 0, 387, 5, 164, 125, 31, 21, 10, 11, 13, 21, 10, 6, 24, 25, 12, 3),
    "320614": (18, 0, 321, 4, 147, 149, 23, 22, 8, 8, 15, 20, 8, 5, 25, 24, 11, 3),
    "320623": (35, 0, 271, 8, 117, 85, 26, 22, 7, 9, 7, 10, 6, 6, 20, 20, 13, 2),
    "320681": (25, 0, 228, 8, 189, 126, 27, 25, 8, 10, 18, 14, 7, 7, 23, 22, 14, 3),
    "320682": (17, 0, 305, 6, 155, 131, 33, 24, 12, 11, 12, 23, 11, 6, 29, 29, 14, 4),
    "320685": (23, 1, 274, 6, 158, 116, 25, 28, 9, 10, 12, 19, 9, 5, 31, 25, 14, 4),
}
"""Employment by county, census of 2020 (tudigong, MIT); 崇川 with 港闸 and the development zone, by population."""

FIRMS_PER_WORKER = (0.8, 0.3, 0.75, 0.2, 0.5, 1.9, 0.8, 0.7, 1.4, 0.35, 0.9, 2.0, 1.7, 0.5, 0.9, 0.25, 0.2, 1.3)
"""Our own choice: how many firms of a sector stand for one worker, relative to the mean."""

SIZE = (1.75, 1.75, 2.55, 2.5, 2.3, 1.35, 2.1, 1.9, 1.75, 2.1, 1.7, 1.55, 1.6, 2.1, 1.55, 2.2, 2.2, 1.5)
"""Our own choice: the middle of the logarithm of the head count by sector."""

OWNERSHIP = (
    ("170", "私营", 0.830), ("159", "其他有限责任", 0.085), ("190", "其他内资", 0.012),
    ("200", "港澳台商投资", 0.018), ("300", "外商投资", 0.026), ("110", "国有", 0.006), ("120", "集体", 0.008),
    ("130", "股份合作", 0.003), ("140", "联营", 0.001), ("151", "国有独资", 0.005), ("161", "国有控股", 0.002),
    ("169", "其他股份", 0.004),
)  # fmt: skip
"""Unit categories of the union form; the shares are our own choice, private firms foremost."""

COVERED = {
    "320613": 0.74,
    "320612": 0.64,
    "320614": 0.70,
    "320623": 0.55,
    "320681": 0.42,
    "320682": 0.65,
    "320685": 0.84,
}
"""Our own choice, invented: how many of a county's places have a joint union, so that the map has something to show."""


def finest_given_county(counties: dict[str, float], aims: dict[str, float]) -> dict[str, tuple[float, ...]]:
    """Fit the table by county to the city's overall aims (iterative proportional fitting, 30 rounds)."""
    rows = {code: list(FINEST_BY_COUNTY.get(code, FINEST_BY_COUNTY["320613"])) for code in counties}
    total = sum(counties.values())
    for _ in range(30):
        for j, kind in enumerate(FINEST):
            have = sum(counties[code] * rows[code][j] for code in rows) / total
            for row in rows.values():
                row[j] *= aims[kind] / 100 / have
        for row in rows.values():
            whole = sum(row)
            row[:] = [share / whole for share in row]
    return {code: tuple(row) for code, row in rows.items()}
