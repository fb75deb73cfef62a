"""What kind of place a learned name is, and which words name no place at all."""

import re

_MARKET = re.compile(
    r"市场|商城|商场|菜场|商厦|购物中心|商业街|步行街|万象城|大世界|百货|农贸|超市|批发"
    r"|(?:家纺|轻纺|布|服装|装饰|建材|家具|家居|五金|机电|食品|汽车|汽配|电子|电脑|灯饰|茶叶|花卉|水产|物资|钢材|石材"
    r"|陶瓷|博览|小商品|副食品|皮革|绣品|面料)城"
)
_TRADES = (
    "五金|机械|农机|农具|织布|印刷|棉纺|水泥|砖瓦|窑|轧花|油|面粉|服装|化工|塑料|木器|供销|食品|粮食|粮管|粮油|粮|兽医|农技"
    "|水利|电管|广播|文化|卫生|计生|邮电|邮政|变电|加油|收购|税务|工商|公安|渔业|汽车|消防|环卫|自来水|污水处理|种子"
    "|植保|良种|种猪|养殖|蚕种|茧"
)
_USES = (
    "综合|办公|商务|商住|商业|商贸|门市|教学|实验|住宅|宿舍|服务|生产|附属|沿街|临街|营业|购物|生活|公寓式办公|总部"
    "|[主副南北东西]"
)
_GENERIC = re.compile(
    "|".join(
        [
            rf"^.?(?:{_USES})?(?:大?楼|用?房|厂房|大院|院内|厂区|园区|小区|楼房|广场|中心|步行街)$|^(?:{_USES})$",
            r"^本?公司|(?:号|^)标准厂房$|^村部$",
            r"^.{0,3}(?:居委会|村委会|居委|政府|办事处|派出所|管委会)(?:大院|院)?$",
            r"^(?:私宅|自有房屋|所属房屋|房屋|门面房?|店面房?|车库|仓库|厂房|门市部?)$|私宅$|所属房屋$|公司所属",
            r"^(?:大?市场|菜场|农贸市场|商场|商城|超市|广场|开发区|新区|集中区|园区|高新区|经济(?:技术)?开发区)$",
            r"^(?:工业园区?|工业区|工业集中区|产业园区?|科技园区?|工业小区|民营工业园区?|民营工业区|工贸园区)$",
            r"^(?:商铺|铺位|店铺|铺面|摊位|柜台|专柜|大堂|大厅|门厅|部位|自编|单元|走廊|候机楼|航站楼|安检|机场|火车站|高铁站|地铁站|服务区)内?$",
            r"^(?:.{0,3}[楼房层])?(?:地上|地下|[一二三四五六首底][层楼])$|^[一二三四五六首底][层楼]",
            r"^(?:车站|码头|学校|中学|小学|医院|银行|邮局|大街|中心|市区|城区|镇区|街面|集镇|地段|地块|桥头|水域|居)$",
            r"^[东西南北中上下地新老大]+(?:门|区|首|街|路|市|桥|河|村)?$",
            rf"^(?:原|老|新|旧)?(?:{_TRADES})*(?:厂|站|所|社|院|局|店|场|点)内?$",
        ]
    )
)
_ROAD_GENERIC = re.compile(r"^(?:[东西南北中新老]?(?:路|街|巷|弄)|[新老]?(?:大街|大道)|公路|马路|街道)$")
_HOUSE = re.compile(
    r"(?:大厦|楼|中心|公寓|花园|小区|新村|[苑园厦馆院城邸庭府阁轩寓墅座汇]|广场|国际|宾馆|酒店|家园|名都|商务|创业|数码"
    r"|港湾|之星)$"
)


def is_generic(text: str, label: str) -> bool:
    """Whether a text names no particular place (办公楼, 工业园区, 大街)."""
    return bool((_ROAD_GENERIC if label == "road" else _GENERIC).search(text))


def is_house(text: str) -> bool:
    """Whether a name ends like that of a building or estate; bridges, rivers and spots do not."""
    return bool(_HOUSE.search(text))


def place_kind(text: str, label: str) -> str:
    """Return the kind of place: street, zone, market or building (offices, estates and all other named houses)."""
    if label == "road":
        return "street"
    if label == "devzone":
        return "zone"
    return "market" if _MARKET.search(text) else "building"
