"""Runs Open WebUI's own functions, cut from its wheel, without the application around them.

    open_webui.py WHEEL < JOB

JOB is one JSON object: {"documents": {name: text}, "calls": [{url, server, arguments}]}. For each document the answer
has the tools as a model is shown them, or the error that lost them all. For each call (url: of a running gateway), it
has what Open WebUI answers the model, and the body that it was to send. Calls need aiohttp.
"""

import __future__
import ast
import asyncio
import base64
import copy
import json
import logging
import sys
import zipfile
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode

FUNCTIONS = {
    'OPENAPI_HTTP_METHODS',
    'resolve_schema',
    'convert_openapi_to_tool_payload',
    'clean_properties',
    'clean_openai_tool_schema',
    'add_terminal_display_file_inline_param',
    'get_tool_server_url',
    'get_tool_server_data',
    'execute_tool_server',
}


def load(wheel):
    """The functions, with plain stand-ins for what the application configures."""
    with zipfile.ZipFile(wheel) as archive:
        tree = ast.parse(archive.read('open_webui/utils/tools.py'))
    tree.body = [node for node in tree.body if FUNCTIONS & set(names_of(node))]
    names = {name for node in tree.body for name in names_of(node)}
    if FUNCTIONS - names:
        raise SystemExit(f'{wheel} has no {sorted(FUNCTIONS - names)}')
    scope = {
        'Any': Any,
        'AIOHTTP_CLIENT_ALLOW_REDIRECTS': False,
        'AIOHTTP_CLIENT_SESSION_TOOL_SERVER_SSL': True,
        'AIOHTTP_CLIENT_TIMEOUT_TOOL_SERVER': 60,
        'AIOHTTP_CLIENT_TIMEOUT_TOOL_SERVER_DATA': 60,
        'ENABLE_TOOL_SERVERS': True,
        'JSONCodec': json,
        'base64': base64,
        'copy': copy,
        'log': logging.getLogger('open_webui'),
        'quote': quote,
        'urlencode': urlencode,
    }
    # Its annotations name types that are not here.
    exec(compile(tree, wheel, 'exec', __future__.annotations.compiler_flag), scope)
    return SimpleNamespace(scope=scope, **{name: scope[name] for name in FUNCTIONS})


def names_of(node):
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def import_document(webui, document):
    """As get_tool_servers_data and get_tools do it."""
    specs = [
        webui.add_terminal_display_file_inline_param(spec)
        for spec in webui.convert_openapi_to_tool_payload(document)
    ]
    return [webui.clean_openai_tool_schema(spec) for spec in specs]


def import_text(webui, text):
    try:
        return {'tools': import_document(webui, json.loads(text))}
    except Exception as error:  # whatever is raised, the whole import is lost
        return {'error': f'{type(error).__name__}: {error}'}


async def call_tools(webui, calls):
    # Here, so that documents can be imported without it.
    import aiohttp

    webui.scope['aiohttp'] = aiohttp
    connections = {}
    answers = []
    for call in calls:
        url = call['url']
        if url not in connections:
            document = await webui.get_tool_server_data(webui.get_tool_server_url(url, 'openapi.json'), None)
            connections[url] = document, {tool['name']: tool for tool in import_document(webui, document)}
        document, tools = connections[url]
        answers.append(await call_tool(webui, url, call, document, tools))
    return answers


async def call_tool(webui, url, call, document, tools):
    # The middleware hands over only the arguments that the tool has.
    allowed = tools[call['name']]['parameters'].get('properties', {})
    params = {name: value for name, value in json.loads(call['arguments']).items() if name in allowed}
    data, headers = await webui.execute_tool_server(
        url, {'Content-Type': 'application/json'}, {}, call['name'], params, {'openapi': document}
    )
    return {'answer': data, 'isAnswered': headers is not None, 'sent': json.dumps(params)}


def main():
    webui = load(sys.argv[1])
    job = json.load(sys.stdin)
    answer = {
        'documents': {name: import_text(webui, text) for name, text in job.get('documents', {}).items()},
        'calls': asyncio.run(call_tools(webui, job['calls'])) if job.get('calls') else [],
    }
    json.dump(answer, sys.stdout)


main()
