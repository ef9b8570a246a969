"""Check services with short time limits and print what each came to, as JSON.

drive_check.py ADDRESS:KIND/PORT ...
"""

import asyncio
import json
import sys
from datetime import UTC, datetime

from tracetui.evidence.services.check_service import Client, Request, check_service
from tracetui.evidence.services.limits import Limits
from tracetui.model.service_check import Service, ServiceKind
from tracetui.report.finding_json import facts_json


async def main() -> None:
    client = Client(Limits(1.5, 1, 1, 1, 4))
    found = []
    for word in sys.argv[1:]:
        address, _, service = word.rpartition(":")
        kind, _, port = service.partition("/")
        request = Request(address, address, Service(ServiceKind(kind), int(port)))
        found.append(await check_service(request, client, lambda: datetime.now(UTC)))
    print(json.dumps([facts_json(one) for one in found]))


asyncio.run(main())
