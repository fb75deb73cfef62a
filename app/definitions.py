"""What each figure means: formula, basis, and the rule or source it rests on."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _


@dataclass(frozen=True)
class Definition:
    """One figure. ``code`` is its column in ``geo.coverage.measure``; a ``share`` is shown as a percentage."""

    code: str
    title: LazyString
    formula: LazyString
    basis: LazyString
    source: LazyString
    caution: LazyString | str = ""
    share: bool = False


REGISTER = _("名录口径")
OWN_CHOICE = _("本平台约定")

SECTIONS = (
    (
        _("企业"),
        (
            Definition(
                "firms",
                _("名录企业"),
                _("导入的名录中全部记录，一家不漏"),
                REGISTER,
                _("各来源名录"),
            ),
            Definition(
                "eligible",
                _("应建会企业（分母）"),
                _("数据截止日登记在册、正常经营的企业法人；注销、迁出、停产、查无、分支机构和个体工商户不计入"),
                REGISTER,
                _("通工办〔2011〕29号：以企业法人单位数为依据"),
                _("不计入的企业仍在清单里，并写明原因"),
            ),
            Definition(
                "excluded",
                _("不计入分母的企业"),
                _("名录企业 − 应建会企业"),
                REGISTER,
                OWN_CHOICE,
            ),
            Definition(
                "located",
                _("已定位企业"),
                _("计入分母、至少知道在哪个镇（街道）或园区、道路的企业"),
                REGISTER,
                OWN_CHOICE,
            ),
            Definition(
                "rate_precise",
                _("精确定位率"),
                _("定位到楼宇、门牌或市场 ÷ 应建会企业"),
                REGISTER,
                OWN_CHOICE,
                _("更粗的位置不画成准确的点"),
                share=True,
            ),
            Definition(
                "unlocated",
                _("未定位企业"),
                _("计入分母、只知县（市、区）或完全不明的企业"),
                REGISTER,
                OWN_CHOICE,
                _("不在图上，但在所有清单和合计中"),
            ),
        ),
    ),
    (
        _("建会"),
        (
            Definition(
                "own",
                _("单独建会"),
                _("有经批准、未撤销的本企业工会"),
                REGISTER,
                _("工会法第十一条、第十二条"),
            ),
            Definition(
                "joint",
                _("联合建会"),
                _("没有本企业工会，但列入经批准的联合工会涵盖单位"),
                REGISTER,
                _("工会法第十一条"),
                _("一家企业只算一次；单独建会优先"),
            ),
            Definition(
                "rate",
                _("建会率（名录口径）"),
                _("（单独建会 + 联合建会）÷ 应建会企业"),
                REGISTER,
                _("通工办〔2011〕29号"),
                _("会员不是职工，会员数不进入建会率"),
                share=True,
            ),
            Definition(
                "rate_own",
                _("单独建会率"),
                _("单独建会 ÷ 应建会企业"),
                REGISTER,
                OWN_CHOICE,
                share=True,
            ),
            Definition(
                "rate_joint",
                _("联合建会率"),
                _("联合建会 ÷ 应建会企业"),
                REGISTER,
                OWN_CHOICE,
                share=True,
            ),
            Definition(
                "rate_census",
                _("建会率（普查口径）"),
                _("（单独建会 + 联合建会）÷ 经济普查企业法人单位数"),
                _("普查口径"),
                _("通工办〔2011〕29号：第二次全国经济普查"),
                _("普查数由使用者录入并注明来源；可能超过 100%，照实显示"),
                share=True,
            ),
            Definition(
                "rate_own_25",
                _("25 人以上单独建会率"),
                _("职工 25 人以上且单独建会 ÷ 职工 25 人以上的应建会企业"),
                _("名录口径，人数已知"),
                _("通工办〔2011〕29号：职工 25 人以上应推进单独建会"),
                _("文件说的是职工，工会法说的是会员，两个门槛分开使用"),
                share=True,
            ),
            Definition(
                "without_own_25",
                _("25 人以上未单独建会"),
                _("职工 25 人以上、没有本企业工会的应建会企业，含已被联合建会的"),
                _("名录口径，人数已知"),
                _("通工办〔2011〕29号"),
            ),
            Definition(
                "gap",
                _("未建会企业（空白点）"),
                _("应建会企业 − 已覆盖企业"),
                REGISTER,
                _("通工办〔2011〕29号：未建会企业数量清"),
            ),
            Definition(
                "gap_workers",
                _("未建会企业职工"),
                _("未建会企业职工人数之和，只加人数已知的企业"),
                REGISTER,
                OWN_CHOICE,
            ),
            Definition(
                "rate_secondary",
                _("二次覆盖率"),
                _("基层工会又属于联合会的企业 ÷ 一次覆盖企业"),
                _("一次覆盖口径"),
                _("区域性、行业性工会联合会意见（2020）第一点"),
                _("第二层，不与建会率相加"),
                share=True,
            ),
            Definition(
                "rate_dynamic",
                _("动态组建率"),
                _("已覆盖 ÷ 成立满宽限期的应建会企业"),
                _("名录口径，剔除新设企业"),
                OWN_CHOICE,
                _("宽限期默认 12 个月，江苏的规定未核实"),
                share=True,
            ),
        ),
    ),
    (
        _("工会与会员"),
        (
            Definition(
                "unions",
                _("基层工会"),
                _("经批准、未撤销的基层工会数；联合工会只算一个，联合会不计"),
                _("工会台账"),
                _("工会法第十三条"),
            ),
            Definition(
                "covered_units",
                _("涵盖单位"),
                _("单独建会企业 + 联合工会涵盖企业，去重"),
                _("工会台账核对名录"),
                _("基层工会调查表"),
            ),
            Definition(
                "members",
                _("会员"),
                _("基层工会会员数之和"),
                _("工会台账"),
                _("基层工会调查表"),
            ),
            Definition(
                "rate_members",
                _("入会率（全部职工）"),
                _("会员 ÷ 应建会企业职工总数"),
                _("全部职工口径"),
                _("全总 2011–2013 年规划的目标口径"),
                _("会员含涵盖单位中不计入分母的分支机构、个体户等，这一比率因此偏高"),
                share=True,
            ),
            Definition(
                "rate_members_unionised",
                _("入会率（已建会单位）"),
                _("会员 ÷ 工会涵盖单位职工数，不论单位是否计入应建会企业；只加人数已知的单位"),
                _("已建会单位口径"),
                _("年鉴口径：已建工会组织的基层单位职工与会员人数"),
                _("与上一个分母不同，不能相互比较"),
                share=True,
            ),
        ),
    ),
)
