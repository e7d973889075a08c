#!/usr/bin/python3
"""A small shop for scenarios: sessions, orders that become ready, pages, uploads, GraphQL, OAuth2. Flask, on loopback."""

import base64
import itertools
import sys
import time
import uuid

from flask import Flask, jsonify, make_response, request

app = Flask(__name__)
numbers = itertools.count(1)
sessions, orders, jobs, uploads = {}, {}, {}, {}
log = []  # of what came, for the tests


@app.before_request
def note():
    log.append(f"{request.method} {request.path}")


def signed_in():
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return kind == "Bearer" and sessions.get(token, 0) > time.monotonic()


def refused():
    return jsonify(error="unauthorized"), 401


@app.post("/echo")
def echo():
    return request.get_data(), {"Content-Type": request.content_type}


@app.get("/headers")
def headers():
    return jsonify(dict(request.headers))


@app.get("/log")
def show_log():
    return jsonify(log)


@app.post("/v1/session")
def sign_in():
    body = request.get_json(silent=True) or {}
    if body.get("user") != "probe" or body.get("password") != "s3cret/pass word":
        return jsonify(error="wrong user or password", echo=body.get("password")), 403
    token = uuid.uuid4().hex
    sessions[token] = time.monotonic() + float(body.get("seconds", 600))
    answer = make_response(jsonify(token_type="Bearer", access_token=token, user={"id": 7, "name": "Probe"}))
    answer.set_cookie("session", token[:8], secure=False, httponly=True)
    return answer


@app.delete("/v1/session")
def sign_out():
    sessions.pop(request.headers.get("Authorization", "").partition(" ")[2], None)
    return "", 204


@app.get("/v1/me")
def me():
    return jsonify(user="Probe", cookie=request.cookies.get("session")) if signed_in() else refused()


@app.post("/v1/orders")
def order():
    if not signed_in():
        return refused()
    body = request.get_json()
    number = str(uuid.uuid4())
    orders[number] = {"id": number, "state": "NEW", "lines": [{"sku": body["sku"], "qty": body.get("qty", 1)}], "seen": 0,
                      "fails": body.get("fails", False), "key": request.headers.get("Idempotency-Key")}
    return jsonify(orders[number]), 201


@app.route("/v1/orders/<number>", methods=["GET", "DELETE"])
def one_order(number):
    if not signed_in():
        return refused()
    if number not in orders:
        return jsonify(error="no such order"), 404
    found = orders[number]
    if request.method == "DELETE":
        del orders[number]
        return "", 204
    found["seen"] += 1
    if found["seen"] >= 3:
        found["state"] = "FAILED" if found["fails"] else "READY"
    return jsonify(found)


@app.get("/v1/orders")
def all_orders():
    return jsonify(list(orders))


@app.get("/items")
def items():
    page = int(request.args.get("page", 1))
    first = (page - 1) * 2
    return jsonify(page=page, pages=[1, 2, 3], items=[{"sku": f"{n:06}", "price": n * 100} for n in range(first + 1, first + 3)])


@app.post("/jobs")
def start_job():
    number = next(numbers)
    jobs[number] = time.monotonic()
    return jsonify(job=number), 202, {"Location": f"/jobs/{number}"}


@app.get("/jobs/<int:number>")
def job(number):
    done = time.monotonic() - jobs[number] > 0.3
    return jsonify(status="done" if done else "running", result=42 if done else None)


@app.post("/upload")
def upload():
    part = request.files["document"]
    data = part.read()
    uploads[part.filename] = data
    return jsonify(name=part.filename, bytes=len(data), type=part.mimetype, title=request.form.get("title")), 201


@app.post("/graphql")
def graphql():
    body = request.get_json()
    if "item" not in body["query"]:
        return jsonify(errors=[{"message": "unknown field"}])
    return jsonify(data={"item": {"sku": body["variables"]["sku"], "inStock": True}})


@app.post("/oauth/token")
def token():
    wanted = "Basic " + base64.b64encode(b"probe:client-secret").decode()
    given = request.headers.get("Authorization") == wanted or request.form.get("client_secret") == "client-secret"
    if not given or request.form.get("grant_type") != "client_credentials":
        return jsonify(error="invalid_client"), 401
    new = uuid.uuid4().hex
    sessions[new] = time.monotonic() + 60
    return jsonify(access_token=new, token_type="Bearer", expires_in=60)


@app.get("/flaky")
def flaky():
    key = request.args["key"]
    jobs[key] = jobs.get(key, 0) + 1
    return ("busy", 503, {"Retry-After": "0"}) if jobs[key] < 3 else ("fine", 200)


@app.get("/slow")
def slow():
    time.sleep(float(request.args["seconds"]))
    return "slow"


@app.get("/page")
def page():
    return "<html><head><title>Shop</title></head><body><h1>Welcome</h1></body></html>"


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]), threaded=True)
