"""All paths of the API that the simulator knows."""

from infra.local.wechat_simulator.api import (
    conditional_menus,
    custom,
    drafts,
    mass,
    materials,
    menus,
    publishing,
    qrcodes,
    quotas,
    sns,
    subscriptions,
    tags,
    template_admin,
    templates,
    tokens,
    users,
)
from infra.local.wechat_simulator.api.call import Endpoint

ENDPOINTS: dict[str, Endpoint] = {
    **tokens.ENDPOINTS,
    **users.ENDPOINTS,
    **tags.ENDPOINTS,
    **menus.ENDPOINTS,
    **qrcodes.ENDPOINTS,
    **template_admin.ENDPOINTS,
    **templates.ENDPOINTS,
    **subscriptions.ENDPOINTS,
    **custom.ENDPOINTS,
    **mass.ENDPOINTS,
    **conditional_menus.ENDPOINTS,
    **drafts.ENDPOINTS,
    **materials.ENDPOINTS,
    **publishing.ENDPOINTS,
    **sns.ENDPOINTS,
    **quotas.ENDPOINTS,
}
