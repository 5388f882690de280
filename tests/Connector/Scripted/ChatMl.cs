namespace SkPaged.Connector.Tests.Scripted;

/// <summary>A chat template in the manner of Qwen's, with tools.</summary>
internal static class ChatMl
{
    public const string Template =
        """
        {%- if tools %}
        {{- '<|im_start|>tools\n' }}
        {%- for tool in tools %}
        {{- (tool | tojson) + '\n' }}
        {%- endfor %}
        {{- 'Call as <tool_call>\n{"name": ..., "arguments": ...}\n</tool_call><|im_end|>\n' }}
        {%- endif %}
        {%- for message in messages %}
        {{- '<|im_start|>' + message.role + '\n' + message.content }}
        {%- for call in message.tool_calls or [] %}
        {{- '\n' if message.content or not loop.first }}
        {{- '<tool_call>\n{"name": "' + call.function.name + '", "arguments": ' }}
        {{- (call.function.arguments | tojson) + '}\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\n' }}
        {%- endfor %}
        {%- if add_generation_prompt %}
        {{- '<|im_start|>assistant\n' }}
        {%- if enable_thinking is defined and not enable_thinking %}
        {{- '<think></think>' }}
        {%- endif %}
        {%- endif %}
        """;
}
