"""What kind of place a learned name is, and which words name no place at all."""

import re

_MARKET = re.compile(
    r"市场|商城|商场|菜场|商厦|购物中心|商业街|步行街|万象城|大世界|百货|农贸|超市|批发|广场$"
    r"|(?:家纺|轻纺|布|服装|装饰|建材|家具|家居|五金|机电|食品|汽车|汽配|电子|电脑|灯饰|茶叶|花卉|水产|物资|钢材|石材|陶瓷|博览|小商品|副食品|皮革|绣品|面料)城"
)
_GENERIC = re.compile(
    r"^(?:.?(?:综合|办公|商务|商住|商业|门市|教学|实验|住宅|宿舍|服务|生产|附属|沿街|临街|营业|主|副|南|北|东|西)?(?:大?楼|用?房|厂房|大院|院内|厂区|园区|小区|楼房)"
    r"|本?公司.*|.{0,3}(?:居委会|村委会|政府|镇政府|乡政府|办事处|派出所)(?:大院|院)?|私宅|自有房屋|所属房屋|房屋|门面房?|店面房?|车库|仓库|厂房|门市部?"
    r"|大?市场|菜场|农贸市场|商场|商城|超市|广场|开发区|工业园区?|工业区|工业集中区|集中区|园区|新区|经济开发区|经济技术开发区|高新区|产业园区?|科技园区?"
    r"|车站|码头|学校|中学|小学|医院|银行|邮局|老?街|大街|中心|市区|城区|镇区|街面|集镇|地段|地块|桥头|[东西南北]门|[东西南北]区|.*私宅|.*所属房屋|.*公司所属.*)$"
)
_ROAD_GENERIC = re.compile(r"^(?:[东西南北中新老]?(?:路|街|大街|大道|巷|弄)|公路|马路|街道)$")


def is_generic(text: str, label: str) -> bool:
    """Whether a text names no particular place (办公楼, 工业园区, 大街)."""
    return bool((_ROAD_GENERIC if label == "road" else _GENERIC).match(text))


def place_kind(text: str, label: str) -> str:
    """Return the kind of place: street, zone, market or building (offices, estates and all other named houses)."""
    if label == "road":
        return "street"
    if label == "devzone":
        return "zone"
    return "market" if _MARKET.search(text) else "building"
