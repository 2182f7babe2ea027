"""What a person keeps of the list: /hazards/filters, /hazards/filters/new, /hazards/columns."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from core.db import unit_of_work
from core.refusals import Invalid
from core.web import now
from hazards.forms.cleaning import one_line
from hazards.forms.listing import query_of, read_conditions
from hazards.forms.saved_filters import ColumnsForm, FilterForm
from hazards.operations import saved_filters as filters
from hazards.preferences import args_of, kept_filters, own_filter, owners_of, preferences_of
from hazards.views.blueprint import blueprint
from hazards.views.listing import condition_words

LONGEST_QUERY = 1000


@blueprint.get("/filters")
def saved_filters() -> ResponseReturnValue:
    """Everything the person sees of saved filters, with what each asks for."""
    actor = current_actor()
    kept = kept_filters(actor)
    opens_with = preferences_of(actor, limit=0).opens_with
    rows = [(one, condition_words(read_conditions(args_of(one.query)))) for one in kept]
    return render_template("hazards/filters.html", rows=rows, owners=owners_of(kept), opens_with=opens_with)


@blueprint.route("/filters/new", methods=["GET", "POST"])
def new_filter() -> ResponseReturnValue:
    """Keep the list of this address under a name."""
    actor, form = current_actor(), FilterForm()
    asked = read_conditions(request.args)
    query = urlencode(query_of(asked) or {"view": asked.view.value})[:LONGEST_QUERY]
    if request.method == "GET":
        form.name.data = one_line(request.args.get("name"))[: filters.LONGEST_NAME]
    elif form.validate():
        try:
            with unit_of_work():
                filters.save_filter(form.name.data, query, shared=form.shared.data, by=actor, now=now())
                if form.default.data:
                    filters.open_with(query, by=actor)
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash(f"已存为常用：{form.name.data}。", "good")
            return redirect(f"{url_for('hazards.index')}?{query}")
    page = {"title": "存为常用", "words": condition_words(asked), "back": f"{url_for('hazards.index')}?{query}"}
    return render_template("hazards/filter_edit.html", form=form, **page), form.status if form.errors else 200


@blueprint.route("/filters/<int:filter_id>", methods=["GET", "POST"])
def edit_filter(filter_id: int) -> ResponseReturnValue:
    """Rename one's own filter, share it, let the list open with it, or take it away."""
    actor, form = current_actor(), FilterForm()
    kept = own_filter(filter_id, actor)
    query, opens_with = kept.query, preferences_of(actor, limit=0).opens_with
    if request.method == "GET":
        form.name.data, form.shared.data, form.default.data = kept.name, kept.shared, opens_with == query
    elif form.validate():
        try:
            with unit_of_work():
                filters.change_filter(filter_id, form.name.data, shared=form.shared.data, by=actor)
                if form.default.data or opens_with == query:
                    filters.open_with(query if form.default.data else None, by=actor)
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash("常用筛选已改。", "good")
            return redirect(url_for("hazards.saved_filters"))
    words = condition_words(read_conditions(args_of(query)))
    page = {"title": "修改常用筛选", "words": words, "back": url_for("hazards.saved_filters"), "filter_id": filter_id}
    return render_template("hazards/filter_edit.html", form=form, **page), form.status if form.errors else 200


@blueprint.post("/filters/<int:filter_id>/remove")
def remove_filter(filter_id: int) -> ResponseReturnValue:
    """Take it away; the line that says so leads to keeping it again."""
    with unit_of_work():
        name, query = filters.remove_filter(filter_id, by=current_actor())
    again = f"{url_for('hazards.new_filter')}?{query}&{urlencode({'name': name})}"
    flash({"bold": f"已删除常用筛选“{name}”。", "text": "", "links": [["恢复", again]]}, "good")  # type: ignore[arg-type]
    return redirect(url_for("hazards.saved_filters"))


@blueprint.route("/columns", methods=["GET", "POST"])
def columns() -> ResponseReturnValue:
    """Which columns the list shows at the desk."""
    actor, form = current_actor(), ColumnsForm()
    if request.method == "GET":
        form.put(preferences_of(actor, limit=0).columns)
    elif form.validate() and (request.form.get("do") == "usual" or form.complete()):
        wanted = None if request.form.get("do") == "usual" else form.columns
        with unit_of_work():
            filters.choose_columns(wanted, by=actor)
        flash("列已保存。下次打开也是这样。", "good")
        return redirect(url_for("hazards.index"))
    return render_template("hazards/columns.html", form=form), form.status if form.errors else 200
