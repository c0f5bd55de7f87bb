"""The crawler process: `python -P -m crawlers.process`, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Runs the crawler. Returns 0 after a clean stop, 2 where a setting cannot be used."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.options import ConfigError

    try:
        import django

        django.setup()
        from config.logs import configure

        configure("crawler")
        return _run()
    except ConfigError as error:
        sys.stderr.write(f"crawler: {error}\n")
        return 2


def _run() -> int:
    import structlog
    from django.conf import settings

    # Scrapy's process object installs the asyncio reactor; nothing may import a reactor before it does.
    from scrapy.crawler import AsyncCrawlerProcess

    from crawlers import guard, network

    log = structlog.get_logger()
    if not settings.HORIZONSCAN_CONTACT:
        log.warning("HORIZONSCAN_CONTACT is not set: sites cannot reach whoever runs this crawler")
    gate = network.gate()
    network.VerifyingPolicy(network.ca_bundle())
    with network.quiet():
        process = AsyncCrawlerProcess(network.scrapy_settings())
    from twisted.internet import reactor

    from crawlers.spider import SourcesSpider

    guard.install(reactor, gate)
    process.crawl(SourcesSpider, gate=gate)
    process.start()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
