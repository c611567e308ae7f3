using System.Globalization;

namespace FuncQueue.Chaos.Overload;

/// <summary>What the kernel says of a process's memory. Linux only.</summary>
internal static class ProcessMemory
{
    /// <summary>The most that was ever resident, in MiB.</summary>
    public static long PeakMebibytes(int processId) => Read(processId, "VmHWM:");

    public static long NowMebibytes(int processId) => Read(processId, "VmRSS:");

    private static long Read(int processId, string field)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) / 1024;
    }
}
