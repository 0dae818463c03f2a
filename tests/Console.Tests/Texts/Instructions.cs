using System.Reflection;
using System.Reflection.Emit;

namespace OrleansLinks.ConsoleTests.Texts;

/// <summary>An instruction of a compiled method, as far as it is about texts and calls.</summary>
/// <param name="Text">The text that it takes.</param>
/// <param name="Called">The method that it calls.</param>
/// <param name="Before">The instruction before it.</param>
internal sealed record Instruction(string? Text, MethodBase? Called, Instruction? Before);

/// <summary>Reads compiled methods (ECMA-335, partition III).</summary>
internal static class Instructions
{
    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>The instructions of each of a type's own methods.</summary>
    public static IEnumerable<IReadOnlyList<Instruction>> In(Type type)
    {
        const BindingFlags own = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        return type.GetMethods(own).Cast<MethodBase>().Concat(type.GetConstructors(own)).Where(method => method.GetMethodBody() is not null).Select(Read);
    }

    private static List<Instruction> Read(MethodBase method)
    {
        var bytes = method.GetMethodBody()!.GetILAsByteArray()!;
        var typeArguments = method.DeclaringType!.GetGenericArguments();
        var methodArguments = method.IsGenericMethodDefinition ? method.GetGenericArguments() : [];
        var instructions = new List<Instruction>();
        for (var at = 0; at < bytes.Length;)
        {
            var code = Codes[bytes[at] == 0xFE ? unchecked((short)(0xFE00 | bytes[at + 1])) : bytes[at]];
            at += code.Size;
            var token = code.OperandType is OperandType.InlineString or OperandType.InlineMethod ? BitConverter.ToInt32(bytes, at) : 0;
            instructions.Add(new Instruction(
                code.OperandType == OperandType.InlineString ? method.Module.ResolveString(token) : null,
                code.OperandType == OperandType.InlineMethod ? method.Module.ResolveMethod(token, typeArguments, methodArguments) : null,
                instructions.LastOrDefault()));
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(bytes, at)),
                _ => 4,
            };
        }

        return instructions;
    }
}
