namespace SkPaged.TinyModel.Corpus;

/// <summary>Values as people write them: times, prices, dates, numbers, codes.</summary>
public static class Values
{
    private static readonly string[] Months = (
        "January February March April May June July August September October November December")
        .Split(' ');

    private static readonly string[] Days =
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".Split(' ');

    private static readonly string[] Words =
        "two three four five six seven eight nine ten eleven twelve twenty thirty".Split(' ');

    /// <summary>A weekday. Weekdays are a closed class: both halves share them.</summary>
    public static string Day(Chooser c) => c.Dice.Pick(Days);

    /// <summary>Several weekdays with their preposition: "from Monday to Friday".</summary>
    public static string DaySpan(Chooser c) => c.Dice.Below(4) switch
    {
        0 => $"from {Day(c)} to {Day(c)}",
        1 => $"on {Day(c)} and {Day(c)}",
        2 => $"every {Day(c)}",
        _ => c.Dice.OneOf("every day", "on weekdays", "on weekends", "at weekends", "only in summer"),
    };

    /// <summary>A time of day, in one of several notations.</summary>
    public static string Time(Chooser c) => c.OfSplit(() => Time(c.Dice));

    /// <summary>A price with its currency.</summary>
    public static string Price(Chooser c) => c.OfSplit(() => Price(c.Dice, c));

    /// <summary>A day of the year, perhaps with the year.</summary>
    public static string Date(Chooser c) => c.OfSplit(() => Date(c.Dice));

    /// <summary>A month, perhaps with the year, or a year.</summary>
    public static string MonthOrYear(Chooser c) => c.OfSplit(() => c.Dice.Below(3) switch
    {
        0 => $"{c.Dice.Between(1950, 2035)}",
        1 => $"{c.Dice.Pick(Months)} {c.Dice.Between(1980, 2035)}",
        _ => $"the {c.Dice.OneOf("spring", "summer", "autumn", "winter")} of {c.Dice.Between(1960, 2035)}",
    });

    /// <summary>A year.</summary>
    public static string Year(Chooser c) => c.OfSplit(() => $"{c.Dice.Between(1100, 2035)}");

    /// <summary>An age in years.</summary>
    public static string Age(Chooser c) => c.OfSplit(() => $"{c.Dice.Between(4, 104)}");

    /// <summary>A count, in digits or as a word.</summary>
    public static string Count(Chooser c) => c.OfSplit(() => c.Dice.Chance(0.25)
        ? c.Dice.Pick(Words)
        : $"{(c.Dice.Chance(0.6) ? c.Dice.Between(2, 99) : c.Dice.Between(100, 2500))}");

    /// <summary>A large number, perhaps with commas.</summary>
    public static string Number(Chooser c) => c.OfSplit(() => c.Dice.Below(3) switch
    {
        0 => $"{c.Dice.Between(200, 9999)}",
        1 => $"{c.Dice.Between(1, 999)},{c.Dice.Below(1000):000}",
        _ => $"{c.Dice.Between(2, 99)}.{c.Dice.Below(10)} million",
    });

    /// <summary>A phone number.</summary>
    public static string Phone(Chooser c) => c.OfSplit(() => c.Dice.Below(4) switch
    {
        0 => $"555 {c.Dice.Below(10000):0000}",
        1 => $"0{c.Dice.Between(20, 999)} {c.Dice.Between(1000, 99999)}",
        2 => $"{c.Dice.Between(2, 9)}{c.Dice.Below(100):00}-{c.Dice.Below(10000):0000}",
        _ => $"+{c.Dice.Between(1, 99)} {c.Dice.Between(10, 999)} {c.Dice.Between(1000, 99999)}",
    });

    /// <summary>A code of letters and digits, such as a password or an order number.</summary>
    public static string Code(Chooser c) => c.OfSplit(() => c.Dice.Below(4) switch
    {
        0 => $"{Upper(c.Dice, c.Dice.Between(1, 3))}-{c.Dice.Between(10, 99999)}",
        1 => $"{Upper(c.Dice, c.Dice.Between(1, 4))}{c.Dice.Between(1, 9999)}",
        2 => $"{PseudoWord.Lower(c)}{c.Dice.Between(1, 999)}",
        _ => $"{c.Dice.Between(100, 999999)}",
    });

    /// <summary>A length of time.</summary>
    public static string Duration(Chooser c) => c.OfSplit(() => c.Dice.Below(3) switch
    {
        0 => $"{c.Dice.Between(2, 180)} minutes",
        1 => $"{c.Dice.Pick(Words)} {c.Dice.OneOf("minutes", "hours", "days", "weeks")}",
        _ => $"{c.Dice.Between(2, 72)} {c.Dice.OneOf("hours", "days", "weeks", "seconds", "months")}",
    });

    /// <summary>A distance.</summary>
    public static string Distance(Chooser c) => c.OfSplit(() => Decimal(c.Dice, 900)
        + c.Dice.OneOf(" km", " kilometres", " miles", " metres", " m"));

    /// <summary>A weight.</summary>
    public static string Weight(Chooser c) => c.OfSplit(() => Decimal(c.Dice, 500)
        + c.Dice.OneOf(" kg", " grams", " kilos", " pounds", " g", " tons"));

    /// <summary>A size as an adjective: "12 metres long".</summary>
    public static string Measure(Chooser c) => c.OfSplit(() => Decimal(c.Dice, 90)
        + c.Dice.OneOf(" metres", " cm", " feet", " inches", " m")
        + c.Dice.OneOf(" long", " high", " wide", " tall", " across"));

    /// <summary>A whole number or one with a decimal, below the limit.</summary>
    public static string Decimal(Dice dice, int limit) => dice.Chance(0.6)
        ? $"{dice.Between(2, limit)}"
        : $"{dice.Between(1, limit)}.{dice.Between(1, 9)}";

    private static string Upper(Dice dice, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => (char)('A' + dice.Below(26))));

    private static string Time(Dice dice)
    {
        var (hour, minute) = (dice.Below(24), dice.Chance(0.5) ? 15 * dice.Below(4) : dice.Below(60));
        var (half, twelve) = (hour < 12 ? "am" : "pm", (hour + 11) % 12 + 1);
        return dice.Weighted(40, 12, 16, 12, 8, 6, 6) switch
        {
            0 => $"{hour}:{minute:00}",
            1 => $"{hour:00}:{minute:00}",
            2 => $"{twelve} {half}",
            3 => $"{twelve}:{minute:00} {half}",
            4 => $"{twelve} o'clock",
            5 => $"{dice.OneOf("half past", "quarter past", "quarter to")} {Words[dice.Below(11)]}",
            _ => $"{hour}.{minute:00}",
        };
    }

    private static string Price(Dice dice, Chooser c)
    {
        var amount = dice.Below(4) switch
        {
            0 => $"{dice.Between(1, 99)}",
            1 => $"{dice.Between(1, 30)}.{dice.Below(10)}0",
            2 => $"{dice.Between(1, 199)}.{dice.Below(100):00}",
            _ => $"{dice.Between(100, 9999)}",
        };
        return dice.Weighted(60, 20, 12, 8) switch
        {
            0 => $"{amount} {dice.OneOf("euros", "euros", "dollars", "pounds", "crowns", "francs", "yen")}",
            1 => dice.OneOf("€", "$", "£") + amount,
            2 => $"{amount} {dice.OneOf("cents", "coins", "EUR", "USD", "kr", "€")}",
            _ => $"{amount} {PseudoWord.Lower(c)}s",
        };
    }

    private static string Date(Dice dice) => dice.Below(5) switch
    {
        0 => $"{dice.Between(1, 28)} {dice.Pick(Months)}",
        1 => $"{dice.Pick(Months)} {dice.Between(1, 28)}",
        2 => $"{dice.Between(1, 28)} {dice.Pick(Months)} {dice.Between(1990, 2035)}",
        3 => $"{dice.Between(2000, 2035)}-{dice.Between(1, 12):00}-{dice.Between(1, 28):00}",
        _ => $"the {dice.Between(4, 20)}th of {dice.Pick(Months)}",
    };
}
