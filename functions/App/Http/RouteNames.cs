namespace FuncQueue.Functions.Http;

/// <summary>Names in routes, each of its type.</summary>
internal static class RouteNames
{
    // A name of every type.
    private const string Standing = "invalid";

    /// <summary>Reads a name, or null when the text cannot be one.</summary>
    public delegate T? Reading<T>(string text)
        where T : class;

    /// <summary>
    /// The name. One that cannot be is a fault among the others, and another stands for it: the work goes on to find them, and must not act
    /// while there are any.
    /// </summary>
    /// <param name="text">As it came.</param>
    /// <param name="read">Reads a name of the type.</param>
    /// <param name="field">The parameter of the route.</param>
    /// <param name="rule">What such a name is.</param>
    /// <param name="faults">Gets the fault.</param>
    public static T Read<T>(string text, Reading<T> read, string field, string rule, Faults faults)
        where T : class
    {
        if (read(text) is { } name)
            return name;
        faults.Add(field, rule);
        return read(Standing) ?? throw new InvalidOperationException($"{Standing} is no name of a {field}.");
    }
}
