using System.Text.Json;
using FuncQueue.WorkerHost.Rpc;

namespace FuncQueue.WorkerHost;

/// <summary>A function as the worker told of it.</summary>
public sealed record IndexedFunction(string Id, string Name, Trigger Trigger)
{
    internal static IndexedFunction From(RpcFunctionMetadata metadata)
    {
        var triggers = metadata.RawBindings.Select(Parse).OfType<Trigger>().ToList();
        return triggers is [var trigger]
            ? new IndexedFunction(metadata.FunctionId, metadata.Name, trigger)
            : throw new FunctionIndexingException($"The function {metadata.Name} has {triggers.Count} triggers that the host knows.");
    }

    /// <summary>What the host loads the function with: the bindings as it has understood them.</summary>
    internal static FunctionLoadRequest LoadRequest(RpcFunctionMetadata metadata)
    {
        var load = new FunctionLoadRequest
        {
            FunctionId = metadata.FunctionId,
            Metadata = new RpcFunctionMetadata
            {
                Name = metadata.Name,
                Directory = metadata.Directory,
                EntryPoint = metadata.EntryPoint,
                ScriptFile = metadata.ScriptFile,
            },
        };
        foreach (var raw in metadata.RawBindings)
        {
            using var document = JsonDocument.Parse(raw);
            var binding = document.RootElement;
            load.Metadata.Bindings.Add(
                Text(binding, "name")!,
                new BindingInfo
                {
                    Type = Text(binding, "type")!,
                    Direction = Enum.Parse<BindingInfo.Types.Direction>(Text(binding, "direction") ?? "In", ignoreCase: true),
                }
            );
        }

        load.Metadata.Properties.Add(metadata.Properties);
        return load;
    }

    private static Trigger? Parse(string raw)
    {
        using var document = JsonDocument.Parse(raw);
        var binding = document.RootElement;
        var name = Text(binding, "name")!;
        if (string.Equals(Text(binding, "type"), "timerTrigger", StringComparison.OrdinalIgnoreCase))
            return new Trigger.Timer(name, Text(binding, "schedule")!);
        if (!string.Equals(Text(binding, "type"), "httpTrigger", StringComparison.OrdinalIgnoreCase))
            return null;
        var methods =
            binding.TryGetProperty("methods", out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Select(m => m.GetString()!).ToArray()
                : null;
        // Without a level the host takes Function.
        return new Trigger.Http(name, Text(binding, "authLevel") ?? "Function", methods, Text(binding, "route"));
    }

    private static string? Text(JsonElement binding, string property) =>
        binding.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
