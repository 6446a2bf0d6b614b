"""A field shows label, help, error and input in this order, each tied to the field for a screen reader."""

from __future__ import annotations

from django import forms
from django.template.backends.django import DjangoTemplates

from tests.portal.look_pages import PORTAL
from zuzahlung.portal.forms_look import Cards, DayInput, PortalForm, Renderer


class Sample(PortalForm):
    """One of each kind."""

    default_renderer = Renderer
    name = forms.CharField(label="Name", help_text="Wie auf der <Karte>.")
    note = forms.CharField(label="Notiz", required=False)
    way = forms.ChoiceField(label="Weg", choices=[("a", "Brief"), ("b", "Telefon")], widget=Cards)
    until = forms.DateField(label="Bis", required=False, widget=DayInput(look="when-series"))
    agreed = forms.BooleanField(label="Ich stimme zu.")
    paper = forms.FileField(label="Blatt")
    secret = forms.CharField(required=False, widget=forms.HiddenInput)


def shown(template: str, **given: object) -> str:
    engine = DjangoTemplates(
        {"NAME": "forms", "DIRS": [PORTAL / "templates"], "APP_DIRS": False, "OPTIONS": {}}
    )
    return " ".join(engine.get_template(f"portal/parts/{template}").render(given).split())


def test_a_field_without_fault_shows_label_then_help_then_input() -> None:
    assert shown("field.html", field=Sample()["name"]) == (
        '<div class="field"> <label for="id_name">Name</label> '
        '<div class="help" id="id_name_helptext">Wie auf der &lt;Karte&gt;.</div> '
        '<input type="text" name="name" aria-describedby="id_name_helptext" aria-required="true" id="id_name"> </div>'
    )


def test_a_faulty_field_says_so_in_words_and_ties_the_sentence_to_the_input() -> None:
    html = shown("field.html", field=Sample({})["name"])
    assert 'class="field field-invalid"' in html
    assert '<p class="error" id="id_name_error">' in html
    assert '<span class="hidden-visually">Fehler: </span>Bitte füllen Sie „Name“ aus.' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_error id_name_helptext"' in html


def test_what_may_stay_empty_is_marked_in_words() -> None:
    form = Sample()
    assert '<span class="optional">(freiwillig)</span>' in shown("field.html", field=form["note"])
    assert "freiwillig" not in shown("field.html", field=form["name"])


def test_what_one_choice_alone_demands_is_not_called_voluntary() -> None:
    html = shown("field.html", field=Sample()["until"])
    assert 'class="field when-series"' in html
    assert "freiwillig" not in html


def test_a_group_of_choices_is_a_fieldset_with_its_question_as_legend() -> None:
    html = shown("field.html", field=Sample({})["way"])
    assert (
        '<fieldset class="field field-invalid" role="radiogroup" aria-required="true" aria-invalid="true" '
        'aria-describedby="id_way_error">'
    ) in html
    assert html.count("aria-invalid") == 1
    assert "<legend>Weg</legend>" in html
    assert '<label for="id_way_0"><input type="radio" name="way" value="a"' in html
    assert "Bitte wählen Sie aus: Weg" in html


def test_a_check_box_stands_before_its_sentence() -> None:
    html = shown("field.html", field=Sample()["agreed"])
    assert '<label for="id_agreed"><input type="checkbox" name="agreed"' in html
    assert html.index("checkbox") < html.index("Ich stimme zu.")


def test_the_summary_links_to_every_faulty_field_and_to_the_first_choice_of_a_group() -> None:
    form = Sample({})
    form.add_error(None, "Beides <zusammen> geht nicht.")
    assert shown("error_summary.html", form=form) == (
        '<div class="summary" id="fehler" role="alert" tabindex="-1" aria-labelledby="fehler-titel"> '
        '<h2 id="fehler-titel">Bitte prüfen Sie Ihre Angaben</h2> <ul> '
        "<li>Beides &lt;zusammen&gt; geht nicht.</li> "
        '<li><a href="#id_name">Bitte füllen Sie „Name“ aus.</a></li> '
        '<li><a href="#id_way_0">Bitte wählen Sie aus: Weg</a></li> '
        '<li><a href="#id_agreed">Bitte bestätigen Sie: Ich stimme zu.</a></li> '
        '<li><a href="#id_paper">Bitte wählen Sie eine Datei: Blatt</a></li> </ul> </div>'
    )


def test_without_a_fault_there_is_no_summary() -> None:
    assert shown("error_summary.html", form=Sample()) == ""


def test_a_day_is_written_for_the_browsers_own_calendar() -> None:
    html = str(Sample(initial={"until": "2026-11-22"})["until"])
    assert 'type="date"' in html
    assert 'value="2026-11-22"' in html
