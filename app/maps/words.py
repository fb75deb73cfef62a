"""What the map page calls its measures, forms and kinds of place."""

from flask_babel import LazyString, lazy_gettext

MEASURES: dict[str, LazyString] = {
    "firms": lazy_gettext("未建会企业"),
    "workers": lazy_gettext("未建会职工"),
    "big": lazy_gettext("25 人以上未单独建会"),
    "rate": lazy_gettext("平滑未建会率"),
    "opportunity": lazy_gettext("建会机会"),
    "flags": lazy_gettext("显著偏高偏低"),
    "like": lazy_gettext("与周边相似"),
    "unknown": lazy_gettext("人数不详占比"),
}

COUNTED: dict[str, LazyString] = {
    "firms": lazy_gettext("未建会企业"),
    "workers": lazy_gettext("未建会职工"),
    "big": lazy_gettext("25 人以上未单独建会企业"),
    "rate": lazy_gettext("未建会企业"),
    "opportunity": lazy_gettext("已列入建议的未建会企业"),
    "flags": lazy_gettext("未建会企业"),
    "like": lazy_gettext("未建会企业"),
    "unknown": lazy_gettext("人数不详的未建会企业"),
}
"""What the numbers of firms or workers beside the picture count; of a rate, its numerator."""

UNITS: dict[str, LazyString] = {
    "firms": lazy_gettext("家"),
    "workers": lazy_gettext("人"),
    "big": lazy_gettext("家"),
    "rate": lazy_gettext("占应建会企业"),
    "opportunity": lazy_gettext("家"),
    "flags": lazy_gettext("与全市比"),
    "like": lazy_gettext("与周边比"),
    "unknown": lazy_gettext("占未建会企业"),
}

DENSITIES: dict[str, LazyString] = {
    "firms": lazy_gettext("家／平方公里"),
    "workers": lazy_gettext("人／平方公里"),
    "big": lazy_gettext("家／平方公里"),
    "rate": lazy_gettext("占应建会企业"),
    "opportunity": lazy_gettext("家／平方公里"),
    "flags": lazy_gettext("与全市比"),
    "like": lazy_gettext("与周边比"),
    "unknown": lazy_gettext("占未建会企业"),
}

FORMS: dict[str, LazyString] = {
    "place": lazy_gettext("地点"),
    "county": lazy_gettext("县（市、区）"),
    "town": lazy_gettext("乡镇街道"),
    "grid": lazy_gettext("网格"),
    "heat": lazy_gettext("热力"),
    "points": lazy_gettext("企业点"),
}

KINDS: dict[str, LazyString] = {
    "county": lazy_gettext("县（市、区）"),
    "town": lazy_gettext("乡镇街道"),
    "zone": lazy_gettext("园区"),
    "village": lazy_gettext("村、社区"),
    "street": lazy_gettext("道路"),
    "market": lazy_gettext("市场"),
    "building": lazy_gettext("楼宇"),
    "cell": lazy_gettext("六边形"),
}
