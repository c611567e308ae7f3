namespace FuncQueue.Engine.Topics.Filters;

/// <summary>The words of JSON that are values.</summary>
internal enum Word : byte
{
    None,
    True,
    False,
    Null,
}

/// <summary>
/// One value of a message that conditions are about: of a body or of an array what its JSON says, a string or a number or a word; of a
/// plain attribute its text, and the number or word that this text reads as.
/// </summary>
internal readonly struct Leaf
{
    private Leaf(string? text, Word word, bool isNumber, ExactNumber number)
    {
        Text = text;
        Word = word;
        IsNumber = isNumber;
        Number = number;
    }

    /// <summary>Null where it is no string.</summary>
    public string? Text { get; }

    public Word Word { get; }

    public bool IsNumber { get; }

    /// <summary>A field, so that it is compared where it lies.</summary>
    public readonly ExactNumber Number;

    /// <summary>As Amazon SNS's operator <c>exists</c> means it: the value is neither null nor empty.</summary>
    public bool Exists => Text is null ? Word != Word.Null : Text.Length > 0;

    public static Leaf OfString(string text) => new(text, Word.None, false, default);

    public static Leaf OfNumber(ExactNumber number) => new(null, Word.None, true, number);

    public static Leaf OfWord(Word word) => new(null, word, false, default);

    /// <summary>A plain attribute.</summary>
    public static Leaf OfAttribute(string text)
    {
        if (text is ['-' or (>= '0' and <= '9'), ..] && ExactNumber.TryParse(text, out var number))
            return new Leaf(text, Word.None, true, number);
        var word = text switch
        {
            "true" => Word.True,
            "false" => Word.False,
            "null" => Word.Null,
            _ => Word.None,
        };
        return new Leaf(text, word, false, default);
    }
}
