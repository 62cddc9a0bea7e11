"""The frames names and addresses are drawn from: characters with pinyin, cities, streets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from faker import Faker

# Surnames and given characters with their pinyin, so that one name can be written both ways.
SURNAMES = (
    "王 wang 李 li 张 zhang 刘 liu 陈 chen 杨 yang 赵 zhao 黄 huang 周 zhou 吴 wu 徐 xu 孙 sun "
    "胡 hu 朱 zhu 高 gao 林 lin 何 he 郭 guo 马 ma 罗 luo 梁 liang 宋 song 郑 zheng 谢 xie "
    "韩 han 唐 tang 冯 feng 于 yu 董 dong 萧 xiao 程 cheng 曹 cao 袁 yuan 邓 deng 许 xu 傅 fu "
    "沈 shen 曾 zeng 彭 peng 吕 lv 苏 su 卢 lu 蒋 jiang 蔡 cai 贾 jia 丁 ding 魏 wei 薛 xue "
    "叶 ye 阎 yan 欧阳 ouyang 司马 sima"
)
GIVEN = (
    "伟 wei 芳 fang 娜 na 敏 min 静 jing 丽 li 强 qiang 磊 lei 军 jun 洋 yang 勇 yong 艳 yan "
    "杰 jie 娟 juan 涛 tao 明 ming 超 chao 秀 xiu 霞 xia 平 ping 刚 gang 桂 gui 英 ying 华 hua "
    "玉 yu 兰 lan 红 hong 建 jian 文 wen 云 yun 梅 mei 琳 lin 雪 xue 倩 qian 婷 ting 宇 yu "
    "浩 hao 轩 xuan 子 zi 涵 han 欣 xin 怡 yi 诗 shi 雨 yu 晨 chen 阳 yang 思 si 佳 jia "
    "梓 zi 睿 rui 博 bo 俊 jun 凯 kai 鹏 peng 飞 fei 龙 long 志 zhi 国 guo 春 chun 秋 qiu "
    "冬 dong 青 qing 禾 he 岚 lan 宁 ning 安 an 乐 le 源 yuan 川 chuan 波 bo 晓 xiao 燕 yan "
    "莉 li 萍 ping 颖 ying 慧 hui 洁 jie 瑶 yao 薇 wei 菲 fei 楠 nan 彤 tong 瑞 rui 哲 zhe"
)
NICKNAMES = [
    "小鱼儿",
    "爱喝茶的猫",
    "momo",
    "青禾老友",
    "一只橘子",
    "山野",
    "晚风",
    "豆豆妈",
    "阿May",
    "西瓜汽水",
    "春日里",
    "叮咚",
    "慢生活",
    "南风知我意",
    "厨房新手",
    "Lucky",
    "云朵朵",
    "大白",
    "糯米团子",
    "沐沐",
]

# city | province | tier (1 = first-tier) | weight | postcode | districts
CITIES = (
    "上海市|上海市|1|150|200000|浦东新区,徐汇区,静安区,杨浦区,闵行区",
    "北京市|北京市|1|110|100000|朝阳区,海淀区,西城区,丰台区,通州区",
    "广州市|广东省|1|80|510000|天河区,越秀区,海珠区,番禺区",
    "深圳市|广东省|1|90|518000|南山区,福田区,罗湖区,宝安区",
    "成都市|四川省|2|120|610000|锦江区,武侯区,青羊区,成华区,高新区",
    "杭州市|浙江省|2|70|310000|西湖区,上城区,滨江区,余杭区",
    "南京市|江苏省|2|45|210000|鼓楼区,玄武区,建邺区,江宁区",
    "苏州市|江苏省|2|45|215000|姑苏区,吴中区,虎丘区,吴江区",
    "武汉市|湖北省|2|45|430000|江汉区,武昌区,洪山区,汉阳区",
    "重庆市|重庆市|2|50|400000|渝中区,江北区,南岸区,渝北区",
    "西安市|陕西省|2|40|710000|雁塔区,碑林区,莲湖区,未央区",
    "长沙市|湖南省|2|35|410000|岳麓区,芙蓉区,天心区,雨花区",
    "青岛市|山东省|3|22|266000|市南区,市北区,崂山区,黄岛区",
    "厦门市|福建省|3|20|361000|思明区,湖里区,集美区",
    "宁波市|浙江省|3|22|315000|海曙区,鄞州区,江北区",
    "郑州市|河南省|3|25|450000|金水区,中原区,二七区",
    "昆明市|云南省|3|18|650000|五华区,盘龙区,官渡区",
    "哈尔滨市|黑龙江省|3|15|150000|南岗区,道里区,香坊区",
    "绵阳市|四川省|4|14|621000|涪城区,游仙区",
    "洛阳市|河南省|4|12|471000|西工区,涧西区",
    "芜湖市|安徽省|4|10|241000|镜湖区,弋江区",
    "遵义市|贵州省|4|9|563000|红花岗区,汇川区",
    "保定市|河北省|4|10|071000|竞秀区,莲池区",
    "赣州市|江西省|4|8|341000|章贡区,南康区",
)


@dataclass(frozen=True)
class Frames:
    """Everything names and addresses are drawn from. Lists of one kind share their index."""

    surnames: list[str]
    surnames_pinyin: list[str]
    given: list[str]
    given_pinyin: list[str]
    cities: list[str]
    provinces: list[str]
    city_tiers: np.ndarray
    city_shares: np.ndarray
    postcodes: list[str]
    districts: list[str]
    first_district: np.ndarray
    district_count: np.ndarray
    streets: list[str]


def _pairs(text: str) -> tuple[list[str], list[str]]:
    parts = text.split()
    return parts[0::2], parts[1::2]


def build_frames(seed: int) -> Frames:
    """The frames of a seed; only the streets differ between seeds (Faker's own instance)."""
    faker = Faker("zh_CN")
    faker.seed_instance(seed)
    streets = [faker.street_name() for _ in range(400)]
    rows = [line.split("|") for line in CITIES]
    districts = [row[5].split(",") for row in rows]
    counts = np.array([len(names) for names in districts])
    weights = np.array([float(row[3]) for row in rows])
    return Frames(
        *_pairs(SURNAMES),
        *_pairs(GIVEN),
        cities=[row[0] for row in rows],
        provinces=[row[1] for row in rows],
        city_tiers=np.array([int(row[2]) for row in rows]),
        city_shares=weights / weights.sum(),
        postcodes=[row[4] for row in rows],
        districts=[name for names in districts for name in names],
        first_district=np.concatenate([[0], np.cumsum(counts)[:-1]]),
        district_count=counts,
        streets=streets,
    )
