using System.Globalization;
using FuncQueue.Functions.Sqs.Errors;

namespace FuncQueue.Functions.Sqs.Protocol;

/// <summary>
/// The parameters of an action, whichever protocol brought them. Members have one name in JSON; lists and maps have another in the
/// Query protocol. What is absent, or null, is null. The first fault found is kept; the action looks at it before it acts.
/// </summary>
internal abstract class SqsInput
{
    private readonly SqsInput? root;
    private SqsError? error;

    /// <param name="root">The whole input, of which this is a part; null: this is the whole.</param>
    protected SqsInput(SqsInput? root) => this.root = root;

    /// <summary>The first fault of these parameters; of the whole input when that cannot be read as what it should be.</summary>
    public SqsError? Error => error ?? root?.error;

    /// <summary>Notes a fault unless there was one before.</summary>
    public void Fail(SqsError fault) => error ??= fault;

    public abstract string? Text(string name);

    public abstract int? Number(string name);

    public abstract byte[]? Bytes(string name);

    /// <summary>A list of strings; null when absent.</summary>
    public abstract IReadOnlyList<string>? Texts(string name, string queryName);

    /// <summary>A map of strings; null when absent.</summary>
    public abstract IReadOnlyDictionary<string, string>? Map(
        string name,
        string queryName,
        string queryKey = "Name",
        string queryValue = "Value"
    );

    /// <summary>A list of structures; empty when absent.</summary>
    public abstract IReadOnlyList<SqsInput> Structures(string name, string queryName);

    /// <summary>A map of structures; empty when absent.</summary>
    public abstract IReadOnlyList<KeyValuePair<string, SqsInput>> StructureMap(string name, string queryName);

    /// <summary>A string that must be there and not be empty; else a fault, and an empty string.</summary>
    public string Required(string name)
    {
        if (Text(name) is { Length: > 0 } text)
            return text;
        Fail(SqsErrors.MissingParameter(name));
        return "";
    }

    /// <summary>A number within a range, or a fault.</summary>
    public int? Number(string name, int min, int max, string rule)
    {
        if (Number(name) is not { } number)
            return null;
        if (number >= min && number <= max)
            return number;
        Fail(SqsErrors.InvalidParameter(name, number, rule));
        return null;
    }

    /// <summary>The number of a list's results, 1 to 1,000.</summary>
    public int? MaxResults() =>
        Number(
            "MaxResults",
            1,
            SqsLimits.MaxResults,
            string.Create(CultureInfo.InvariantCulture, $"Must be between 1 and {SqsLimits.MaxResults}, if provided.")
        );

    /// <summary>Notes that a member is not of its type: a fault of the whole input.</summary>
    protected void Malformed(string message) => (root ?? this).Fail(SqsErrors.Serialization(message));
}
