namespace FuncQueue.Client.Reading;

/// <summary>Names of members that were not given one.</summary>
internal static class MemberNames
{
    /// <summary>So much of a machine's name, of 80 characters that a name may have.</summary>
    private const int MostOfMachine = 60;

    /// <summary>A name that no other reader has, which tells where it runs.</summary>
    public static string Make()
    {
        var machine = new string([.. Environment.MachineName.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-').Take(MostOfMachine)]);
        return $"{(machine.Length == 0 ? "reader" : machine)}-{Guid.NewGuid().ToString("N")[..12]}";
    }
}
