"""What people write, and what it names: (text, ((kind, letters, value), ...)).

Said on Monday, 2 March 2026, in British English unless a table says otherwise.
"""

Told = tuple[tuple[str, str, str], ...]
Case = tuple[str, Told]


def one(kind: str, text: str, letters: str, value: str) -> Case:
    return (text, ((kind, letters, value),))


DAYS: list[Case] = [
    one("date", "tuesday", "tuesday", "2026-03-03"),
    one("date", "can I come on Tuesday?", "Tuesday", "2026-03-03"),
    one("date", "monday works", "monday", "2026-03-02"),
    one("date", "this friday", "this friday", "2026-03-06"),
    one("date", "next fri", "next fri", "2026-03-13"),
    one("date", "next monday pls", "next monday", "2026-03-09"),
    one("date", "i was in last thursday", "last thursday", "2026-02-26"),
    one("date", "I called last monday", "last monday", "2026-02-23"),
    one("date", "by weds latest", "weds", "2026-03-04"),
    one("date", "Thurs is fine", "Thurs", "2026-03-05"),
    one("date", "book me in on sat", "sat", "2026-03-07"),
    one("date", "on sun if possible", "sun", "2026-03-08"),
    one("date", "wensday class", "wensday", "2026-03-04"),
    one("date", "thrusday", "thrusday", "2026-03-05"),
    one("date", "tomorrow", "tomorrow", "2026-03-03"),
    one("date", "Tmrw?", "Tmrw", "2026-03-03"),
    one("date", "can i come tommorow", "tommorow", "2026-03-03"),
    one("date", "2moro", "2moro", "2026-03-03"),
    one("date", "are you open today", "today", "2026-03-02"),
    one("date", "yesterday's class was great", "yesterday", "2026-03-01"),
    one("date", "the day after tomorrow", "the day after tomorrow", "2026-03-04"),
    one("date", "tonight please", "tonight", "2026-03-02"),
    one("date", "in two weeks", "in two weeks", "2026-03-16"),
    one("date", "back in 3 days", "in 3 days", "2026-03-05"),
    one("date", "in a month", "in a month", "2026-04-02"),
    one("date", "in a couple of weeks", "in a couple of weeks", "2026-03-16"),
    one("date", "in a fortnight", "in a fortnight", "2026-03-16"),
    one("date", "in two weeks' time", "in two weeks' time", "2026-03-16"),
    one("date", "I paid 2 weeks ago", "2 weeks ago", "2026-02-16"),
    one("date", "ten days from now", "ten days from now", "2026-03-12"),
    one("date", "next week", "next week", "2026-W11"),
    one("date", "from next month", "next month", "2026-04"),
    one("date", "this weekend", "this weekend", "2026-03-07"),
    one("date", "next year then", "next year", "2027"),
    one("date", "at the end of the month", "the end of the month", "2026-03-31"),
]

DATES: list[Case] = [
    one("date", "12/10", "12/10", "2026-10-12"),
    one("date", "charged on 12/2?", "12/2", "2026-02-12"),
    one("date", "12/25 is christmas", "12/25", "2026-12-25"),
    one("date", "12/10/2026", "12/10/2026", "2026-10-12"),
    one("date", "12.10.26", "12.10.26", "2026-10-12"),
    one("date", "12-10-2026", "12-10-2026", "2026-10-12"),
    one("date", "2026-10-12", "2026-10-12", "2026-10-12"),
    one("date", "from the 3rd of may", "the 3rd of may", "2026-05-03"),
    one("date", "3 May", "3 May", "2026-05-03"),
    one("date", "may 3rd", "may 3rd", "2026-05-03"),
    one("date", "on May 3", "May 3", "2026-05-03"),
    one("date", "21st march please", "21st march", "2026-03-21"),
    one("date", "3 may 2027", "3 may 2027", "2027-05-03"),
    one("date", "March 21, 2027", "March 21, 2027", "2027-03-21"),
    one("date", "12oct", "12oct", "2026-10-12"),
    one("date", "Oct 12", "Oct 12", "2026-10-12"),
    one("date", "sept 1st", "sept 1st", "2026-09-01"),
    one("date", "1 feb", "1 feb", "2026-02-01"),
    one("date", "1 december", "1 december", "2026-12-01"),
    one("date", "on the 15th", "the 15th", "2026-03-15"),
    one("date", "by the 1st please", "the 1st", "2026-04-01"),
    one("date", "29 february", "29 february", "2028-02-29"),
    one("date", "on 4/5", "4/5", "2026-05-04"),
    one("date", "from 1/4 on", "1/4", "2026-04-01"),
]

TIMES: list[Case] = [
    one("time", "6pm", "6pm", "18:00"),
    one("time", "at 6 pm", "6 pm", "18:00"),
    one("time", "6:30pm", "6:30pm", "18:30"),
    one("time", "6.30 p.m. works", "6.30 p.m.", "18:30"),
    one("time", "12am", "12am", "00:00"),
    one("time", "12pm", "12pm", "12:00"),
    one("time", "7AM", "7AM", "07:00"),
    one("time", "18:30", "18:30", "18:30"),
    one("time", "at 09:15", "09:15", "09:15"),
    one("time", "18h30", "18h30", "18:30"),
    one("time", "6:30?", "6:30", "06:30|18:30"),
    one("time", "6:30 in the evening", "6:30", "18:30"),
    one("time", "noon", "noon", "12:00"),
    one("time", "around midday", "midday", "12:00"),
    one("time", "until midnight", "midnight", "00:00"),
    one("time", "half six", "half six", "06:30|18:30"),
    one("time", "half past six in the morning", "half past six", "06:30"),
    one("time", "half 7 this evening", "half 7", "19:30"),
    one("time", "quarter past 5", "quarter past 5", "05:15|17:15"),
    one("time", "ten past four", "ten past four", "04:10|16:10"),
    one("time", "quarter to 7", "quarter to 7", "06:45|18:45"),
    one("time", "at ten to six", "ten to six", "05:50|17:50"),
    one("time", "6 o'clock", "6 o'clock", "06:00|18:00"),
    one("time", "six oclock", "six oclock", "06:00|18:00"),
    one("time", "at 6 please", "6", "06:00|18:00"),
    one("time", "see you at seven", "seven", "07:00|19:00"),
    ("6-7pm", (("time", "6", "18:00"), ("time", "7pm", "19:00"))),
    ("11 to 1pm", (("time", "11", "11:00"), ("time", "1pm", "13:00"))),
    ("7am-9pm", (("time", "7am", "07:00"), ("time", "9pm", "21:00"))),
    ("10:00-11:30", (("time", "10:00", "10:00|22:00"), ("time", "11:30", "11:30|23:30"))),
]

MONEY: list[Case] = [
    one("money", "$45", "$45", "45.00 USD"),
    one("money", "US$ 45", "US$ 45", "45.00 USD"),
    one("money", "£12.50", "£12.50", "12.50 GBP"),
    one("money", "you took £1,234.56 from me", "£1,234.56", "1234.56 GBP"),
    one("money", "€12,50", "€12,50", "12.50 EUR"),
    one("money", "€1.234,50", "€1.234,50", "1234.50 EUR"),
    one("money", "45 quid", "45 quid", "45.00 GBP"),
    one("money", "12.50 euros", "12.50 euros", "12.50 EUR"),
    one("money", "40 pounds a month?", "40 pounds", "40.00 GBP"),
    one("money", "GBP 45", "GBP 45", "45.00 GBP"),
    one("money", "45 EUR", "45 EUR", "45.00 EUR"),
    one("money", "45USD", "45USD", "45.00 USD"),
    one("money", "30 dollars", "30 dollars", "30.00 USD"),
    one("money", "20 bucks", "20 bucks", "20.00 USD"),
    one("money", "fifty quid", "fifty quid", "50.00 GBP"),
    one("money", "a hundred and twenty pounds", "a hundred and twenty pounds", "120.00 GBP"),
    one("money", "forty-five euros", "forty-five euros", "45.00 EUR"),
    one("money", "50p", "50p", "0.50 GBP"),
    one("money", "99 cents", "99 cents", "0.99 USD"),
    one("money", "a tenner", "a tenner", "10.00 GBP"),
    one("money", "$2k", "$2k", "2000.00 USD"),
    one("money", "¥1000", "¥1000", "1000 JPY"),
    one("money", "45€", "45€", "45.00 EUR"),
]

RATINGS: list[Case] = [
    one("rating", "4/5", "4/5", "4"),
    one("rating", "4 / 5 would come again", "4 / 5", "4"),
    one("rating", "4 stars", "4 stars", "4"),
    one("rating", "five stars from me!", "five stars", "5"),
    one("rating", "a 5 star service", "5 star service", "5"),
    one("rating", "four out of five", "four out of five", "4"),
    one("rating", "3 out of 5 I'd say", "3 out of 5", "3"),
    one("rating", "4.5/5", "4.5/5", "4.5"),
    one("rating", "I'd give it a 4", "4", "4"),
    one("rating", "I rate it 2", "2", "2"),
    one("rating", "my rating: 5", "5", "5"),
    one("rating", "⭐⭐⭐", "⭐⭐⭐", "3"),
    one("rating", "1 star review", "1 star review", "1"),
]

REFERENCES: list[Case] = [
    one("order", "where is #48213", "#48213", "48213"),
    one("order", "order 48213", "48213", "48213"),
    one("order", "my order number is 48213", "48213", "48213"),
    one("order", "order no. A-48213", "A-48213", "A-48213"),
    one("order", "Order: #1001", "1001", "1001"),
    one("order", "ORD-1234", "ORD-1234", "ORD-1234"),
    one("order", "ord-1234 is late", "ord-1234", "ORD-1234"),
    one("order", "purchase id 99812", "99812", "99812"),
    one("booking", "BK7F2Q", "BK7F2Q", "BK7F2Q"),
    one("booking", "bk7f2q please", "bk7f2q", "BK7F2Q"),
    one("booking", "booking ref AB12CD", "AB12CD", "AB12CD"),
    one("booking", "booking reference: ab12cd", "ab12cd", "AB12CD"),
    one("booking", "booking #48213", "48213", "48213"),
    one("booking", "reservation 77120", "77120", "77120"),
    one("booking", "confirmation code QXTRLP", "QXTRLP", "QXTRLP"),
    one("booking", "ref: 8841-22", "8841-22", "8841-22"),
]

HANDLES: list[Case] = [
    one("email", "mail mia.lee+gym@mail.example.com please", "mia.lee+gym@mail.example.com", ""),
    one("email", "Mia@Example.org", "Mia@Example.org", ""),
    one("phone", "call +44 20 7946 0018", "+44 20 7946 0018", ""),
    one("phone", "(020) 7946 0018", "(020) 7946 0018", ""),
    one("phone", "07700900123", "07700900123", ""),
    one("phone", "555-010-0199", "555-010-0199", ""),
]

TOGETHER: list[Case] = [
    (
        "move my tuesday class to next fri at 6pm",
        (
            ("date", "tuesday", "2026-03-03"),
            ("date", "next fri", "2026-03-13"),
            ("time", "6pm", "18:00"),
        ),
    ),
    (
        "Order 48213: I paid £45 on 12/2, ring 07700 900123",
        (
            ("order", "48213", "48213"),
            ("money", "£45", "45.00 GBP"),
            ("date", "12/2", "2026-02-12"),
            ("phone", "07700 900123", ""),
        ),
    ),
    (
        "sat 7pm or sunday half nine",
        (
            ("date", "sat", "2026-03-07"),
            ("time", "7pm", "19:00"),
            ("date", "sunday", "2026-03-08"),
            ("time", "half nine", "09:30|21:30"),
        ),
    ),
    ("from 3 may to 10 may", (("date", "3 may", "2026-05-03"), ("date", "10 may", "2026-05-10"))),
]

AMERICAN: list[Case] = [
    one("date", "12/10", "12/10", "2026-12-10"),
    one("date", "3/4/2026", "3/4/2026", "2026-03-04"),
    one("date", "25/12", "25/12", "2026-12-25"),
    one("money", "99 cents", "99 cents", "0.99 USD"),
    one("money", "I paid 40 pounds in London", "40 pounds", "40.00 GBP"),
    ("I want a 40 pound kettlebell", ()),
]

UNDATED: list[Case] = [
    one("date", "Tuesday", "Tuesday", "tuesday"),
    one("date", "next fri", "next fri", "next friday"),
    one("date", "tmrw", "tmrw", "tomorrow"),
    one("date", "12/10", "12/10", "12 october"),
    one("date", "12/10/2026", "12/10/2026", "2026-10-12"),
    one("date", "the 3rd of may", "the 3rd of may", "3 may"),
    one("date", "in two weeks", "in two weeks", "in 2 weeks"),
    one("date", "a week ago", "a week ago", "1 week ago"),
    one("date", "on the 15th", "the 15th", "the 15"),
    one("date", "next month", "next month", "next month"),
]

HARMLESS = [
    "are you open 24/7?", "open 24/7", "50/50", "it is 50/50", "8 ball", "an 8 ball table",
    "5k run", "a 10k race", "1st class", "2nd floor", "the 1st time I came", "first class service",
    "three cheers", "3x10 reps", "5/3/1 programme", "1/2 price", "1/2 hour", "3/4 of the class",
    "2 out of 5 machines are broken", "4/5 people liked it", "a 4 star hotel", "star jumps",
    "I lost 12 pounds", "bench 200 pounds", "10 pounds of muscle", "6/12 months", "20% off",
    "I may 3 times a week", "the other 3 may come later", "we sat down", "after sun lotion",
    "the sun is out", "she wed him", "mon ami", "every monday", "on mondays", "each friday",
    "within 30 days", "for two weeks", "a 2 week pause", "half price", "half a dozen",
    "in half two people", "5 to 6 people", "from ten to twelve classes", "10 minutes",
    "6 classes a week", "room 101", "at 6 Main Street", "level 3", "version 2.0", "top 10",
    "16:8:1", "1.5 litres", "H2O", "i am 35", "code 7", "order 2 towels", "in order to pause",
    "order number please", "booking please", "the booking is fine", "reference please", "refund",
    "order food", "I order 12 items", "BKLYN", "#gym", "#1", "ok", "", "?", "@home", "a@b", "100",
    "march on", "march with us", "may I come", "august body", "sections 3 and 4", "size 12",
    "am I in", "pm me", "rate limit", "give it to me", "give me 5 minutes", "score 40 points",
    "a pounding headache", "spin class", "noone answers", "monthly fee", "20 min hiit",
]  # fmt: skip
