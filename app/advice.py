"""What a reader can do about a file that was refused: one sentence a code, and only where it fits."""

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

ADVICE: Mapping[str, LazyString] = MappingProxyType(
    {
        "FILE_MISSING": _("请检查路径和文件名。"),
        "FILE_EMPTY": _("请确认导出时选了内容，重新导出一份。"),
        "FILE_KIND": _("请用 Excel、WPS、CSV 文件或 GIS 图层；其他格式请先另存为 xlsx。"),
        "FILE_PASSWORD": _("请在 Excel 或 WPS 中打开，另存为不加密的文件再上传。"),
        "FILE_TRUNCATED": _("文件可能没有传完或保存时损坏，请重新导出一份。"),
        "FILE_TOO_LARGE": _("请把文件拆成几份，分别导入。"),
        "FILE_UNREADABLE": _("请检查文件的权限，或是否正被其他程序打开。"),
        "FILE_ENCODING": _("请在表格软件里打开，另存为 xlsx 或 UTF-8 的 CSV。"),
        "FILE_FORMULAS": _("请在 Excel 或 WPS 中打开、保存一次，让公式算出结果再导入。"),
        "NO_HEADER": _("请检查表头是否写了名称、代码、地址一类的列名，并指明表头在第几行（命令加 --header）。"),
        "NO_COLUMN": _("在网页“列对应”里逐列指定，命令用 --map 字段=列名。"),
        "NO_ROWS": _("文件里只有表头或图层是空的；请确认导出时选了数据。"),
        "NO_ADDRESS": _("请加上“地址”列，或把地址所在的列改名为“地址”。"),
        "TOO_MANY_COLUMNS": _("请删去不用的列再导入。"),
        "LAYER_UNREADABLE": _("请在 GIS 软件里打开检查，另存为 GeoPackage 或 GeoJSON 再导入。"),
        "LAYER_CRS": _("请在 GIS 软件里换成经纬度（WGS-84 或 CGCS2000）再导入。"),
        "LAYER_DATUM": _("这种坐标参考不会是 GCJ-02 或 BD-09；请改选坐标系，或向提供方确认。"),
    }
)
