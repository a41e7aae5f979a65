"""The forms of the knowledge base; what an article says is judged by the services."""

from django import forms

from baton.core.pack import Article
from baton.services import inbox
from baton.services.house import House
from baton.services.knowledge import article_uses, suggestions
from baton.services.knowledge.article_checks import CHANNELS, MAX_LABEL, MAX_QUESTION, MAX_URL
from baton.services.knowledge.authoring import MAX_NOTE
from baton.services.knowledge.knowledge import list_intents
from baton.store.models import User
from baton.web import words

_LONG = 4_000  # what a browser may send; the services know each limit


class ArticleForm(forms.Form):
    """An article as it is written."""

    question = forms.CharField(max_length=MAX_QUESTION)
    intent = forms.ChoiceField()
    variants = forms.CharField(required=False, max_length=20_000, widget=forms.Textarea)
    answer = forms.CharField(max_length=_LONG, widget=forms.Textarea)
    answer_webchat = forms.CharField(required=False, max_length=_LONG, widget=forms.Textarea)
    answer_whatsapp = forms.CharField(required=False, max_length=_LONG, widget=forms.Textarea)
    answer_sms = forms.CharField(required=False, max_length=_LONG, widget=forms.Textarea)
    answer_email = forms.CharField(required=False, max_length=_LONG, widget=forms.Textarea)
    cta_label = forms.CharField(required=False, max_length=MAX_LABEL)
    cta_url = forms.CharField(required=False, max_length=MAX_URL)
    valid_from = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    valid_until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    location_id = forms.ChoiceField(required=False)
    name = forms.CharField(required=False, max_length=60)
    note = forms.CharField(required=False, max_length=MAX_NOTE)
    seen = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, house: House, user: User, *args: object, **kwargs: object) -> None:
        """Offer the meanings and the locations of the person's workspace."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # Django's own, passed on
        intents, places = list_intents(house, user), inbox.list_locations(user)
        self.fields["intent"].choices = [("", "Choose one"), *intents]  # type: ignore[attr-defined] # a ChoiceField
        self.fields["location_id"].choices = [("", "Every location"), *places]  # type: ignore[attr-defined] # a ChoiceField
        for name, field in self.fields.items():
            # Its problem and its hint are read out with the field.
            field.widget.attrs["aria-describedby"] = f"about-{name}"
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3

    def draft(self, name: str) -> Article:
        """Return what was written, as far as it could be read."""
        given = {**dict.fromkeys(self.fields, ""), **self.cleaned_data}
        own = {channel: given[f"answer_{channel}"] or "" for channel in CHANNELS}
        return Article(
            name=name,
            intent=given["intent"],
            question=given["question"],
            answer=given["answer"],
            cta_label=given["cta_label"],
            cta_url=given["cta_url"],
            variants=tuple(given["variants"].splitlines()),
            channel_answers={channel: text for channel, text in own.items() if text},
            valid_from=given["valid_from"] or None,
            valid_until=given["valid_until"] or None,
            location_id=given["location_id"],
        )

    @property
    def by_channel(self) -> list[tuple[str, forms.BoundField]]:
        """Return the field of each channel, with the channel's name for people."""
        return [(words.CHANNELS[channel], self[f"answer_{channel}"]) for channel in CHANNELS]

    @property
    def has_own_answers(self) -> bool:
        """Return whether a channel has an answer, or a problem, of its own."""
        return any(field.value() or field.errors for _title, field in self.by_channel)


def written(article: Article) -> dict[str, object]:
    """Return an article as the form's first values."""
    own = {f"answer_{channel}": text for channel, text in article.channel_answers.items()}
    return {
        "question": article.question,
        "intent": article.intent,
        "variants": "\n".join(article.variants),
        "answer": article.answer,
        **own,
        "cta_label": article.cta_label,
        "cta_url": article.cta_url,
        "valid_from": article.valid_from,
        "valid_until": article.valid_until,
        "location_id": article.location_id,
        "name": article.name,
        "seen": article.version,
    }


class SearchForm(forms.Form):
    """Which articles a list shows."""

    q = forms.CharField(required=False, max_length=80)
    archived = forms.BooleanField(required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)


class CountedForm(forms.Form):
    """Which conversations behind a number are shown."""

    outcome = forms.ChoiceField(choices=[(name, name) for name in article_uses.OUTCOMES])
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)


class RestoreForm(forms.Form):
    """Which version comes back, and which one was in force when that was asked."""

    version = forms.IntegerField(min_value=1)
    seen = forms.IntegerField(min_value=1)


class ArchiveForm(forms.Form):
    """Whether an article is taken out of use or brought back."""

    archived = forms.BooleanField(required=False)


class SuggestionForm(forms.Form):
    """What an agent would change, in which article."""

    article = forms.CharField(max_length=60)
    text = forms.CharField(max_length=suggestions.MAX_TEXT)


class SuggestionVerdictForm(forms.Form):
    """What became of a suggestion."""

    verdict = forms.ChoiceField(choices=[(name, name) for name in suggestions.VERDICTS])
