namespace FuncQueue.Functions.Access;

/// <summary>The names of rights in requests and answers, and which rights include others.</summary>
internal static class RightNames
{
    /// <summary>All that there are, in the order in which they are listed.</summary>
    public static IReadOnlyList<(Rights Right, string Name)> All { get; } =
    [
        (Rights.Send, "send"),
        (Rights.Receive, "receive"),
        (Rights.Peek, "peek"),
        (Rights.Inspect, "inspect"),
        (Rights.Redrive, "redrive"),
        (Rights.Manage, "manage"),
        (Rights.Keys, "keys"),
    ];

    /// <summary>The right of this name; <see cref="Rights.None"/>: there is none.</summary>
    public static Rights Parse(string name) => All.FirstOrDefault(right => right.Name == name).Right;

    /// <summary>The names of several.</summary>
    public static IReadOnlyList<string> Of(Rights rights) =>
        [.. All.Where(right => (rights & right.Right) != 0).Select(right => right.Name)];

    /// <summary>One or the other, in a sentence.</summary>
    public static string Either(Rights anyOf) => string.Join(" or ", Of(anyOf));

    /// <summary>The rights, and those that they include.</summary>
    public static Rights WithIncluded(Rights rights) => (rights & Rights.Manage) == 0 ? rights : rights | (Rights.All & ~Rights.Keys);
}
