namespace FuncQueue.Engine.Topics.Filters;

/// <summary>The conditions on one property, of which one value of it must meet one. Immutable once it is built.</summary>
internal sealed class ValueTest
{
    /// <summary>Up to so many, comparing one by one is faster than hashing.</summary>
    private const int Few = 6;

    private HashSet<string>? textSet;
    private HashSet<ExactNumber>? numberSet;
    private HashSet<string>? foldedSet;

    /// <summary>Strings that match as they are.</summary>
    public string[] Texts { get; private init; } = [];

    /// <summary>Strings that match in upper and lower case.</summary>
    public string[] Folded { get; private init; } = [];

    public ExactNumber[] Numbers { get; private init; } = [];

    public Word[] Words { get; private init; } = [];

    public Condition[] Others { get; private init; } = [];

    /// <summary>A value that exists suffices.</summary>
    public bool Exists { get; private init; }

    /// <summary>That no value exists suffices.</summary>
    public bool Absent { get; private init; }

    /// <summary>The conditions as they were given, shortened, for explanations.</summary>
    public string Source { get; private init; } = "";

    /// <summary>Whether only certain values can match, which an index can list.</summary>
    public bool IsEquality => Others.Length == 0 && !Exists && !Absent;

    /// <summary>Whether the property matches: any of its values, or that there is none.</summary>
    public bool Matches(FieldValue? field)
    {
        if (field is null)
            return Absent;
        var exists = false;
        foreach (ref readonly var leaf in field.Leaves)
        {
            if (Matches(leaf))
                return true;
            exists |= leaf.Exists;
        }

        return exists ? Exists : Absent;
    }

    /// <summary>Whether a value matches by itself, without regard to <see cref="Exists"/> and <see cref="Absent"/>.</summary>
    public bool Matches(in Leaf leaf)
    {
        if (leaf.Text is { } text)
        {
            if (Texts.Length > 0 && (textSet is { } texts ? texts.Contains(text) : Texts.AsSpan().Contains(text)))
                return true;
            if (foldedSet is { } folded && folded.Contains(text))
                return true;
        }

        if (
            leaf.IsNumber
            && Numbers.Length > 0
            && (numberSet is { } numbers ? numbers.Contains(leaf.Number) : Numbers.AsSpan().Contains(leaf.Number))
        )
            return true;
        if (leaf.Word != Word.None && Words.Length > 0 && Words.AsSpan().Contains(leaf.Word))
            return true;
        foreach (var condition in Others)
        {
            if (condition.Matches(leaf))
                return true;
        }

        return false;
    }

    /// <summary>Gathers conditions.</summary>
    public sealed class Builder
    {
        private readonly HashSet<string> texts = new(StringComparer.Ordinal);
        private readonly HashSet<string> folded = new(StringComparer.OrdinalIgnoreCase);
        private readonly HashSet<ExactNumber> numbers = [];
        private readonly HashSet<Word> words = [];
        private readonly List<Condition> others = [];

        public bool Exists { get; set; }

        public bool Absent { get; set; }

        public void Add(string text) => texts.Add(text);

        public void AddFolded(string text) => folded.Add(text);

        public void Add(ExactNumber number) => numbers.Add(number);

        public void Add(Word word) => words.Add(word);

        public void Add(Condition condition) => others.Add(condition);

        public ValueTest Build(string source = "") =>
            new()
            {
                Texts = [.. texts],
                Folded = [.. folded],
                Numbers = [.. numbers],
                Words = [.. words],
                Others = [.. others],
                Exists = Exists,
                Absent = Absent,
                Source = source,
                textSet = texts.Count > Few ? texts : null,
                numberSet = numbers.Count > Few ? numbers : null,
                foldedSet = folded.Count > 0 ? folded : null,
            };
    }
}
