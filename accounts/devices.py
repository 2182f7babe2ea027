"""Which device a browser runs on, in words its owner recognises. Pure."""

from __future__ import annotations

# What stands in the line a browser sends about itself → how people call it; the first that fits, so that those which
# call themselves Chrome and Safari as well come before those two.
BROWSERS: tuple[tuple[str, str], ...] = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("HuaweiBrowser", "华为浏览器"),
    ("MiuiBrowser", "小米浏览器"),
    ("HeyTapBrowser", "OPPO 浏览器"),
    ("VivoBrowser", "vivo 浏览器"),
    ("MQQBrowser", "QQ 浏览器"),
    ("QQBrowser", "QQ 浏览器"),
    ("UCBrowser", "UC 浏览器"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS: tuple[tuple[str, str], ...] = (
    ("HarmonyOS", "鸿蒙手机"),
    ("OpenHarmony", "鸿蒙手机"),
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("Android", "安卓手机"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)
UNKNOWN = "未知设备"


def device_of(user_agent: str) -> str:
    """安卓手机 · 微信: system and browser, as far as they say so."""
    system = next((words for mark, words in SYSTEMS if mark in user_agent), "")
    browser = next((words for mark, words in BROWSERS if mark in user_agent), "")
    return " · ".join(part for part in (system, browser) if part) or UNKNOWN
