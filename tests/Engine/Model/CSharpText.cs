using System.Collections;
using System.Globalization;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>Histories as the C# that makes them.</summary>
internal static class CSharpText
{
    public static string Of(object? value) =>
        value switch
        {
            null => "null",
            string text => $"\"{text}\"",
            bool flag => flag ? "true" : "false",
            int number => number.ToString(CultureInfo.InvariantCulture),
            TimeSpan time => $"TimeSpan.FromSeconds({Of((int)time.TotalSeconds)})",
            Enum member => $"{member.GetType().Name}.{member}",
            QueueSettingsChange change => $"new QueueSettingsChange {{ {string.Join(", ", Given(change))} }}",
            IEnumerable many => $"[{string.Join(", ", many.Cast<object?>().Select(Of))}]",
            _ => $"new {value.GetType().Name}({string.Join(", ", Arguments(value))})",
        };

    private static IEnumerable<string> Given(QueueSettingsChange change)
    {
        foreach (
            var property in typeof(QueueSettingsChange)
                .GetProperties()
                .Where(p => p.PropertyType.IsGenericType && p.PropertyType.GetGenericTypeDefinition() == typeof(Given<>))
        )
        {
            var given = property.GetValue(change)!;
            if ((bool)property.PropertyType.GetProperty("IsGiven")!.GetValue(given)!)
                yield return $"{property.Name} = {Of(property.PropertyType.GetMethod("Or")!.Invoke(given, [null]))}";
        }
    }

    /// <summary>Of the primary constructor; those left at their defaults are not named.</summary>
    private static IEnumerable<string> Arguments(object value)
    {
        foreach (var parameter in value.GetType().GetConstructors().Single().GetParameters())
        {
            var argument = value.GetType().GetProperty(parameter.Name!)!.GetValue(value);
            if (!parameter.HasDefaultValue)
                yield return Of(argument);
            else if (!Equals(argument, parameter.DefaultValue))
                yield return $"{parameter.Name}: {Of(argument)}";
        }
    }
}
