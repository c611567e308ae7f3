using System.Globalization;

namespace FuncQueue.Functions.Sqs.Protocol;

/// <summary>
/// Parameters of the Query protocol: flat names, in which lists are numbered from 1 (<c>AttributeName.1</c>) and maps are lists of
/// pairs (<c>Attribute.1.Name</c>, <c>Attribute.1.Value</c>). A lone element may go without its number.
/// </summary>
internal sealed class QueryInput : SqsInput
{
    private readonly Dictionary<string, string> parameters;
    private readonly string prefix;

    public QueryInput(Dictionary<string, string> parameters)
        : this(parameters, "", null) { }

    private QueryInput(Dictionary<string, string> parameters, string prefix, SqsInput? root)
        : base(root)
    {
        this.parameters = parameters;
        this.prefix = prefix;
        Root = root ?? this;
    }

    private SqsInput Root { get; }

    public override string? Text(string name) => parameters.GetValueOrDefault(prefix + name);

    public override int? Number(string name)
    {
        if (Text(name) is not { Length: > 0 } text)
            return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number;
        Malformed($"{prefix}{name} must be an integer.");
        return null;
    }

    public override byte[]? Bytes(string name)
    {
        if (Text(name) is not { } text)
            return null;
        var bytes = new byte[text.Length];
        if (Convert.TryFromBase64String(text, bytes, out var length))
            return bytes[..length];
        Malformed($"{prefix}{name} must be base64.");
        return null;
    }

    public override IReadOnlyList<string>? Texts(string name, string queryName)
    {
        var texts = Keys(queryName, whole: true).ConvertAll(key => parameters[key]);
        return texts.Count == 0 ? null : texts;
    }

    public override IReadOnlyDictionary<string, string>? Map(string name, string queryName, string queryKey, string queryValue)
    {
        Dictionary<string, string>? map = null;
        foreach (var key in Keys(queryName, whole: false))
        {
            if (parameters.TryGetValue($"{key}.{queryKey}", out var itemName))
                (map ??= new(StringComparer.Ordinal))[itemName] = parameters.GetValueOrDefault($"{key}.{queryValue}", "");
        }

        return map;
    }

    public override IReadOnlyList<SqsInput> Structures(string name, string queryName) =>
        Keys(queryName, whole: false).ConvertAll<SqsInput>(key => new QueryInput(parameters, key + ".", Root));

    public override IReadOnlyList<KeyValuePair<string, SqsInput>> StructureMap(string name, string queryName)
    {
        var structures = new List<KeyValuePair<string, SqsInput>>();
        foreach (var key in Keys(queryName, whole: false))
        {
            if (parameters.TryGetValue(key + ".Name", out var itemName))
                structures.Add(new(itemName, new QueryInput(parameters, key + ".Value.", Root)));
        }

        return structures;
    }

    /// <summary>
    /// The full names of a list's elements in order, without what follows: <c>Tag.1</c>, <c>Tag.2</c>, or just <c>Tag</c>.
    /// </summary>
    /// <param name="whole">Whether elements are values, rather than structures.</param>
    private List<string> Keys(string list, bool whole)
    {
        var start = prefix + list;
        var numbers = new SortedSet<int>();
        var lone = false;
        foreach (var name in parameters.Keys)
        {
            if (!name.StartsWith(start, StringComparison.Ordinal))
                continue;
            var rest = name.AsSpan(start.Length);
            if (rest.IsEmpty)
            {
                // An empty list is sent as its bare name without a value.
                lone |= whole && parameters[name].Length > 0;
            }
            else if (rest[0] == '.')
            {
                rest = rest[1..];
                var end = rest.IndexOf('.');
                var first = end < 0 ? rest : rest[..end];
                if (int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    if (whole == end < 0)
                        numbers.Add(number);
                }
                else
                {
                    lone |= !whole;
                }
            }
        }

        var keys = numbers.Select(n => string.Create(CultureInfo.InvariantCulture, $"{start}.{n}")).ToList();
        if (keys.Count == 0 && lone)
            keys.Add(start);
        return keys;
    }
}
